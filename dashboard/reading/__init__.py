"""What a text says: dates, speakers and claims in English and Russian, found by rule; pure."""
