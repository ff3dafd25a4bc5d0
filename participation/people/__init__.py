"""Staff, departments and roles; who may sign in, and who must stand aside."""
