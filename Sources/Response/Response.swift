// Response
