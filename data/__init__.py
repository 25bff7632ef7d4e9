"""Persistence and intake: what comes in from files, what is kept, how it is asked for."""
