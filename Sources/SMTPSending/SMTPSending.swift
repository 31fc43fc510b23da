// SMTPSending
