"""The styles, scripts and icons of the pages. Those of others are fetched at installation."""
