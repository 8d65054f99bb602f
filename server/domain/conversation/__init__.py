"""What is said to a follower: messages as values, one ordered page of rules, one turn a message."""
