"""What people do, each act asked first who may: screens and the command line act through here."""
