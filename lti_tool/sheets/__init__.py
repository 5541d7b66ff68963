"""Tables that people keep in other programs (CSV, XLSX), read and written without knowing what they are about."""
