// TLSContexts
