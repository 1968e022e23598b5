"""Files for other programs: FHIR, calendar, workouts."""
