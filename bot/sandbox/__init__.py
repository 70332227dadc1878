"""The sandbox: a local chat workspace in the browser, for trying everything with no token."""
