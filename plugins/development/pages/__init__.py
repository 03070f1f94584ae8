"""The pages of cases. Importing them hangs their routes into the plugin's blueprint."""
