"""The lottery itself, pure: what is drawn, who is paired with it, and how anyone checks it (摇号)."""
