// SMTPServing
