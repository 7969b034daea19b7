"""One file per verb. A new verb is a new file here; nothing lists them."""
