"""Those who run the installation: accounts of their own kind, which see tenants and numbers, never a member."""
