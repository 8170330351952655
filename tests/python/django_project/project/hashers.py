"""A second hasher, so that a sign-in can upgrade a hash."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class Quick(PBKDF2PasswordHasher):
    algorithm = "quick"
    iterations = 10
