/* Calls PAM with the service files of a folder: without root, without /etc, in one process.
 *
 *     pam_driver <folder> [together]
 *
 * Each line on stdin is a request with fields separated by tabs: `change <user> <old> <new>`, `silent <user> <old> <new>`,
 * `login <user> <password>`, `account <user>`. The answer is every shown and logged text, one a line, and `= <code>`. With `together` all
 * requests are read first, and then run at once, each in a thread. */

#define _GNU_SOURCE
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include <security/pam_appl.h>

struct question {
  const char *folder;
  char line[4096];
  char *word[4];
  char *answer;
  size_t length;
  FILE *out;
};

static __thread FILE *log_file;
static pthread_barrier_t start;

/* The program exports these functions, so libpam uses them instead of those of libc: log messages are shown. */
void vsyslog(int priority, const char *format, va_list arguments)
{
  (void)priority;
  fputs("log: ", log_file);
  vfprintf(log_file, format, arguments);
  fputc('\n', log_file);
}

void __vsyslog_chk(int priority, int flag, const char *format, va_list arguments)
{
  (void)flag;
  vsyslog(priority, format, arguments);
}

void syslog(int priority, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  vsyslog(priority, format, arguments);
  va_end(arguments);
}

void __syslog_chk(int priority, int flag, const char *format, ...)
{
  va_list arguments;
  (void)flag;
  va_start(arguments, format);
  vsyslog(priority, format, arguments);
  va_end(arguments);
}

static int converse(int count, const struct pam_message **messages, struct pam_response **responses, void *data)
{
  struct question *question = data;
  struct pam_response *answers = calloc((size_t)count, sizeof *answers);
  if (!answers)
    return PAM_BUF_ERR;
  for (int index = 0; index < count; index++) {
    const char *text = messages[index]->msg;
    /* Before the end of the first round only the old password is prompted for, and the prompt says so. */
    int last = question->word[3] && !strcasestr(text, "current") && !strcasestr(text, "old") ? 3 : 2;
    if (messages[index]->msg_style == PAM_PROMPT_ECHO_OFF)
      answers[index].resp = strdup(question->word[last]);
    else
      fprintf(question->out, "%s: %s\n", messages[index]->msg_style == PAM_ERROR_MSG ? "error" : "info", text);
  }
  *responses = answers;
  return PAM_SUCCESS;
}

static void ask(struct question *question)
{
  pam_handle_t *pam = NULL;
  char *rest = question->line;
  struct pam_conv conversation = { converse, question };
  for (int index = 0; index < 4; index++)
    question->word[index] = strsep(&rest, "\t\n");
  log_file = question->out;
  int code = pam_start_confdir("kouling", question->word[1], &conversation, question->folder, &pam);
  if (code == PAM_SUCCESS && strcmp(question->word[0], "login") == 0) {
    question->word[3] = NULL;
    code = pam_authenticate(pam, 0);
  } else if (code == PAM_SUCCESS && strcmp(question->word[0], "account") == 0) {
    code = pam_acct_mgmt(pam, 0);
  } else if (code == PAM_SUCCESS) {
    code = pam_chauthtok(pam, strcmp(question->word[0], "silent") == 0 ? PAM_SILENT : 0);
  }
  pam_end(pam, code);
  fprintf(question->out, "= %d\n", code);
  fflush(question->out);
}

static void *ask_together(void *question)
{
  pthread_barrier_wait(&start);
  ask(question);
  return NULL;
}

int main(int argc, char **argv)
{
  static struct question questions[256];
  static pthread_t threads[256];
  unsigned count = 0;
  if (argc == 2) {
    questions[0].folder = argv[1];
    questions[0].out = stdout;
    while (fgets(questions[0].line, sizeof questions[0].line, stdin))
      ask(&questions[0]);
    return 0;
  }
  while (count < 256 && fgets(questions[count].line, sizeof questions[count].line, stdin)) {
    questions[count].folder = argv[1];
    questions[count].out = open_memstream(&questions[count].answer, &questions[count].length);
    count++;
  }
  pthread_barrier_init(&start, NULL, count);
  for (unsigned index = 0; index < count; index++)
    if (pthread_create(&threads[index], NULL, ask_together, &questions[index]))
      return 1;
  for (unsigned index = 0; index < count; index++) {
    pthread_join(threads[index], NULL);
    fclose(questions[index].out);
    fputs(questions[index].answer, stdout);
    free(questions[index].answer);
  }
  return 0;
}
