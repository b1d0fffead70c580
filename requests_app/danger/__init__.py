"""What ships for hearing danger in a text: phrases, word classes, a trained model, and the sentences that it learns from."""
