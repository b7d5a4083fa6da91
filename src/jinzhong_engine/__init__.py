"""Detection library: tables in, tables out. No Django, no network, no clock."""
