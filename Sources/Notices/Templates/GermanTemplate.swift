/// The notices' words in German.
let germanTemplate = """
    [language]
    de
    [title.held]
    Verdächtige Mail von {source} wird zurückgehalten
    [title.doubted]
    Mail von {source} wird vorläufig abgewiesen
    [title.stopped]
    {source} darf zurzeit nicht senden
    [title.lifted]
    {source} darf wieder senden
    [title.relapsed]
    {source} ist erneut gesperrt
    [title.closed]
    Der Fall {source} ist abgeschlossen
    [title.cleared]
    Es war kein Spam: {source} darf senden
    [title.escalated]
    Noch niemand hat reagiert: {source} darf nicht senden
    [source.campaign]
    eine Aussendung von {customer}
    [source.account]
    Konto {account}
    [source.server]
    Server {address}
    [source.customer]
    alle Server von {customer}
    [happened.held]
    Es wurde Mail eingeliefert, die wie Spam aussieht. Sie wurde angenommen und wird aufbewahrt, aber nicht zugestellt. Neue \
    Mail wird weiterhin angenommen und einzeln beurteilt.
    [happened.doubted]
    Es wurde Mail eingeliefert, die wie Spam aussieht. Neue Mail von dort wird vorläufig mit einem vorübergehenden Fehler (451 \
    4.7.1) abgewiesen: Der sendende Server behält sie und versucht es wieder, es geht also nichts verloren.
    [happened.stopped]
    Es wurde Mail eingeliefert, die nach allen Anzeichen Spam ist. Neue Mail von dort wird abgewiesen (550 5.7.1), bis die \
    Ursache gefunden und beseitigt ist. Mail von anderswo ist nicht betroffen.
    [happened.lifted]
    Die Sperre wurde aufgehoben. Neue Mail wird wieder angenommen und eine Weile genauer beobachtet.
    [happened.relapsed]
    Während der genaueren Beobachtung kam wieder Mail wie bei dem Vorfall. Neue Mail von dort wird abgewiesen (550 5.7.1). Alle \
    bisherigen Nachweise gelten nicht mehr: Die Ursache wurde nicht gefunden, oder es gibt eine weitere.
    [happened.closed]
    Was verlangt war, ist nachgewiesen oder vom Betreiber verantwortet, und Mail wird wie zuvor angenommen. Es ist nichts mehr \
    zu tun.
    [happened.cleared]
    Ein Mensch hat es sich angesehen: Es war kein Spam. Was deswegen gesperrt oder zurückgehalten war, ist freigegeben. Bitte \
    entschuldigen Sie die Umstände.
    [happened.escalated]
    Die erste Nachricht wurde vor einiger Zeit verschickt, und niemand hat darauf reagiert. Sie erhalten dies als zweiter \
    Ansprechpartner.
    [who]
    Wer
    [customer]
    Kunde
    [since]
    Seit
    [until]
    Aufbewahrt bis
    [delivered]
    Zuvor gesendet
    [held]
    Zurückgehalten
    [refused]
    Abgewiesen
    [case]
    Fall
    [messages]
    {count} Nachrichten
    [evidence]
    Warum wir das annehmen
    [samples]
    Beispiele
    [samples.note]
    Links und Namen sind mit Absicht unbenutzbar gemacht. Rufen Sie sie nicht auf.
    [steps]
    Was jetzt zu tun ist
    [steps.operator]
    Was Sie tun können
    [checks]
    Was verlangt wird, bevor wieder Mail angenommen wird
    [page]
    Der Fall
    [page.private]
    Ihre Seite zu diesem Fall. Wer diese Adresse kennt, kann dort für Sie handeln: Geben Sie sie nicht weiter.
    [message]
    Nachricht
    [answer]
    Falls diese Mail erwünscht war oder Sie Hilfe brauchen, antworten Sie auf diese Nachricht und nennen Sie den Fall.
    [listing]
    Falls andere Empfänger Ihre Mail inzwischen abweisen, steht Ihre Adresse vielleicht auf einer Sperrliste. Beseitigen Sie \
    zuerst die Ursache; folgen Sie dann dem Link in der Abweisung.
    [steps.lifted]
    Behalten Sie die Mail-Protokolle von Konto und Server im Auge: Mail, die dort niemand geschrieben hat.
    [steps.account]
    Ändern Sie jetzt das Passwort von {account}, von einem Rechner aus, dem Sie vertrauen. Ein gestohlenes Passwort ist die \
    übliche Ursache.
    Beenden Sie alle Sitzungen des Kontos und suchen Sie nach Weiterleitungen, App-Passwörtern und Geräten, die sein Inhaber \
    nicht kennt.
    Fragen Sie den Inhaber, ob er das Passwort auf einer Seite eingegeben hat, die per Mail kam, und ob er es anderswo \
    verwendet; prüfen Sie seinen Rechner auf Schadprogramme.
    Gehört das Konto zu einer Website oder einem Skript, aktualisieren Sie es und suchen Sie nach Dateien, die nicht dorthin \
    gehören.
    Löschen Sie, was in der Warteschlange Ihres Servers noch von diesem Konto wartet, bevor es erneut gesendet wird.
    [steps.server]
    Prüfen Sie den Server {address} mit `sluice check`: offenes Relay, schwache Passwörter, veraltete Web-Software.
    Finden Sie das Konto oder Skript, das sendet: `sluice logs` ordnet das Mail-Protokoll nach Anmeldung und Skript.
    Ändern Sie die betroffenen Passwörter und entfernen Sie Dateien und Aufträge, die nicht dorthin gehören.
    Löschen Sie, was noch in der Warteschlange des Servers wartet, bevor es erneut gesendet wird.
    [steps.campaign]
    Finden Sie heraus, wer die unten gezeigte Aussendung verschickt hat und ob ihre Empfänger darum gebeten haben.
    Hat sie dort niemand geschrieben, wurde ein Konto oder Skript übernommen: Passwort ändern, Software aktualisieren.
    Ist es Ihr Newsletter, antworten Sie, wie die Adressen gesammelt wurden und wie man sich abmeldet.
    [steps.customer]
    Mehrere Ihrer Konten oder Server senden Spam. Beginnen Sie mit denen in den Beispielen unten.
    Ändern Sie die Passwörter der betroffenen Konten und prüfen Sie jeden Server mit `sluice check`.
    Löschen Sie, was noch in den Warteschlangen Ihrer Server wartet, bevor es erneut gesendet wird.
    [digest.one]
    1 Fall
    [digest.many]
    {count} Fälle
    [digest.opening]
    Was seit der letzten Zusammenfassung geschah:
    [digest.more]
    … und {count} weitere. Siehe `sluice stop list` und `sluice held list`.
    [stage.held]
    zurückgehalten
    [stage.doubted]
    vorläufig abgewiesen
    [stage.stopped]
    gesperrt
    [stage.lifted]
    freigegeben
    [stage.relapsed]
    erneut gesperrt
    [stage.closed]
    abgeschlossen
    [stage.cleared]
    kein Spam
    [stage.escalated]
    unbeantwortet
    [alarm.title]
    {address} steht auf der Liste {list}
    [alarm.opening]
    Eine unserer eigenen Adressen steht auf einer Sperrliste. Empfänger, die sie befragen, weisen Mail von dort ab, und zwar die \
    aller Kunden, die sich die Adresse teilen.
    [alarm.address]
    Adresse
    [alarm.list]
    Liste
    [alarm.said]
    Sie sagt
    [alarm.removal]
    Austragung
    [alarm.steps]
    Zuerst die Ursache beseitigen: Wer zu früh um Austragung bittet, wird erneut und länger gelistet. Der Befehl unten sagt, was \
    noch fehlt, und schreibt, was an die Liste zu senden ist.
    [alarm.unknown]
    keiner bekannt
    [counts]
    {delivered} zuvor gesendet, {held} zurückgehalten, {refused} abgewiesen
    """
