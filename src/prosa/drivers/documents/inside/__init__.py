"""What runs in the jail: a process that is given one document and tells its text. Nothing of this is imported by the server."""
