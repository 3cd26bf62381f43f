"""The directory's SQL, a module for each kind of thing."""
