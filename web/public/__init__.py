"""The public portal (公众门户): what anybody may read, without an account."""
