"""What a person sees: the only room with Streamlit in it."""
