"""An hour with an expert of the pool: free slots, bookings, reminders."""
