"""NEW_PASSWORD_REQUIRED: the user replaces the temporary password that an administrator chose."""
