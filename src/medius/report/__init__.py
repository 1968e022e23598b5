"""Reports for people: HTML, PDF, pictures, annotated video."""
