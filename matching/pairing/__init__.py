"""The pairing (人员匹配): which inspectors go to which drawn target. Exact, and a function of tickets and bars alone."""
