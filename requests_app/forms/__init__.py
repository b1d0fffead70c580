"""Form fields, forms and typed text that residents’ pages and the dashboard share."""
