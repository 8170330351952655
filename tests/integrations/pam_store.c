/* A PAM module for the tests that replaces pam_unix: it stores passwords in a folder, one file for each user. A change
 * needs the old password if there is one. `auth` compares a password with the stored one. */

#include <stdio.h>
#include <string.h>

#include <security/pam_ext.h>
#include <security/pam_modules.h>

static int matches(const char *path, const char *password)
{
  char stored[512] = "";
  FILE *file = fopen(path, "r");
  if (!file)
    return -1;
  size_t length = fread(stored, 1, sizeof stored - 1, file);
  fclose(file);
  return length == strlen(password) && strcmp(stored, password) == 0;
}

static int place(pam_handle_t *pam, const char **argv, char *path, size_t size)
{
  const char *user = NULL;
  if (pam_get_user(pam, &user, NULL) != PAM_SUCCESS)
    return 0;
  return (size_t)snprintf(path, size, "%s/%s", argv[0], user) < size;
}

int pam_sm_authenticate(pam_handle_t *pam, int flags, int argc, const char **argv)
{
  char path[4096];
  const char *password = NULL;
  (void)flags, (void)argc;
  if (!place(pam, argv, path, sizeof path) || pam_get_authtok(pam, PAM_AUTHTOK, &password, NULL) != PAM_SUCCESS)
    return PAM_SERVICE_ERR;
  return matches(path, password) == 1 ? PAM_SUCCESS : PAM_AUTH_ERR;
}

int pam_sm_setcred(pam_handle_t *pam, int flags, int argc, const char **argv)
{
  (void)pam, (void)flags, (void)argc, (void)argv;
  return PAM_SUCCESS;
}

int pam_sm_chauthtok(pam_handle_t *pam, int flags, int argc, const char **argv)
{
  char path[4096];
  const char *password = NULL;
  const void *item = NULL;
  (void)argc;
  if (!place(pam, argv, path, sizeof path))
    return PAM_SERVICE_ERR;
  if (flags & PAM_PRELIM_CHECK) {
    if (matches(path, "") == -1)
      return PAM_SUCCESS;
    if (pam_get_authtok(pam, PAM_OLDAUTHTOK, &password, NULL) != PAM_SUCCESS)
      return PAM_AUTHTOK_RECOVERY_ERR;
    return matches(path, password) == 1 ? PAM_SUCCESS : PAM_AUTH_ERR;
  }
  /* Ignore a missing password, so that the result is that of the module above. */
  if (pam_get_item(pam, PAM_AUTHTOK, &item) != PAM_SUCCESS || !item)
    return PAM_IGNORE;
  FILE *file = fopen(path, "w");
  if (!file)
    return PAM_AUTHTOK_ERR;
  fputs(item, file);
  return fclose(file) ? PAM_AUTHTOK_ERR : PAM_SUCCESS;
}
