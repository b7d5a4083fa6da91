"""Expected against seen: alarms, fair rates and luck where counts are small."""
