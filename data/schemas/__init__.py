"""What comes in from outside as structured data, by marshmallow: closed, so that a misspelt field is refused."""
