"""Questions with names: functions of a session."""
