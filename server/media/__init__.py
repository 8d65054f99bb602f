"""Pictures and pages: covers drawn, body pictures made small, Markdown turned into clean HTML."""
