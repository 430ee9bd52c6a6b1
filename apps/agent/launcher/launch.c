// Sends its output into the named pipes `out` and `err` beside this program, adds the variables of the file `environment`
// beside it to its own, then becomes its arguments (execve). No libc, no memory but what the kernel maps: it runs in any
// image. Linux on x86-64. Built by build.ts. `launch --fifos PATH...` makes such pipes instead. `launch --given` takes
// its arguments from the file `command` beside it, each ended by a zero byte, and standard input from the file `input`, or
// where there is none from the named pipe `in` while the command runs (attended.h).
//
// A pipe is opened for reading too: what is written stays in it while nobody reads, and no writer is ever sent SIGPIPE.
// The file holds NAME=value entries, each ended by a zero byte; one whose name is there already replaces it. A command
// without a slash is looked for in PATH. Exit codes as a shell has them: 127 not found, 126 everything else; and 120
// without its pipes, the one failure that is said on the output it was started with.
#include <stddef.h>

enum {
  SYS_READ = 0, SYS_WRITE = 1, SYS_OPEN = 2, SYS_CLOSE = 3, SYS_POLL = 7, SYS_MMAP = 9, SYS_RT_SIGPROCMASK = 14,
  SYS_IOCTL = 16, SYS_DUP2 = 33, SYS_FORK = 57, SYS_EXECVE = 59, SYS_EXIT = 60, SYS_WAIT4 = 61, SYS_KILL = 62,
  SYS_FCNTL = 72, SYS_UMASK = 95, SYS_SETSID = 112, SYS_MKNOD = 133, SYS_PRCTL = 157, SYS_SIGNALFD4 = 289, SYS_PIPE2 = 293
};
enum { ENOENT = 2, EACCES = 13, EEXIST = 17, ENOTDIR = 20 };
enum { O_RDWR = 2, O_NOCTTY = 0400, O_NONBLOCK = 04000, O_CLOEXEC = 02000000, S_IFIFO = 0010000 };
// More would let few services use up what the kernel grants one user (pipe-user-pages-soft).
enum { F_SETPIPE_SZ = 1031, F_GETPIPE_SZ = 1032, PIPE_BYTES = 256 << 10 };
enum { NO_PIPES = 120, PR_SET_PDEATHSIG = 1 };
enum { AT_NULL = 0, AT_EXECFN = 31 };
enum { MAX_FILE = 4 << 20, MAX_PATH = 4096, MAX_VARIABLES = 1 << 14 };

static long call(long number, long a, long b, long c, long d, long e, long f) {
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  long result;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}

static size_t length(const char *text) {
  size_t size = 0;
  while (text[size]) size++;
  return size;
}

static int same(const char *a, const char *b) {
  while (*a == *b && *a) a++, b++;
  return *a == *b;
}

static void say(const char *text) { call(SYS_WRITE, 2, (long)text, (long)length(text), 0, 0, 0); }

// One line on standard error, with the kernel's error number where there is one.
static __attribute__((noreturn)) void fail(int code, const char *what, const char *which, long error) {
  char digits[4] = {(char)('0' + error / 100 % 10), (char)('0' + error / 10 % 10), (char)('0' + error % 10), 0};
  say("wetee launch: ");
  say(which);
  say(what);
  if (error) {
    say(" (error ");
    say(digits);
    say(")");
  }
  say("\n");
  for (;;) call(SYS_EXIT, code, 0, 0, 0, 0, 0);
}

static char *memory(size_t size) {
  // Readable, writable; private, of nothing.
  long at = call(SYS_MMAP, 0, (long)size, 3, 0x22, -1, 0);
  if (at < 0) fail(126, "no memory", "", -at);
  return (char *)at;
}

// Whether two entries, or an entry and a name that ends with '=', have one name.
static int same_name(const char *a, const char *b) {
  while (*a == *b && *a && *a != '=') a++, b++;
  return *a == '=' && *b == '=';
}

static size_t put(char **variables, size_t count, char *entry) {
  for (size_t i = 0; i < count; i++)
    if (same_name(variables[i], entry)) {
      variables[i] = entry;
      return count;
    }
  if (count == MAX_VARIABLES) fail(126, "too many variables", "", 0);
  variables[count] = entry;
  return count + 1;
}

// The whole file, one zero byte more than it has; its size.
static size_t read_file(const char *path, char *into) {
  long file = call(SYS_OPEN, (long)path, O_CLOEXEC, 0, 0, 0, 0);
  if (file < 0) fail(126, ": cannot be opened", path, -file);
  size_t size = 0;
  for (;;) {
    long got = call(SYS_READ, file, (long)(into + size), (long)(MAX_FILE + 1 - size), 0, 0, 0);
    if (got == -4) continue;
    if (got < 0) fail(126, ": cannot be read", path, -got);
    if (got == 0) return size;
    size += (size_t)got;
    if (size > MAX_FILE) fail(126, ": too large", path, 0);
  }
}

// `folder` (of `size` bytes), a slash where one is needed, and `name`. Whether a path may be as long.
static int join(char *into, const char *folder, size_t size, const char *name) {
  size_t rest = length(name);
  if (size + rest + 2 > MAX_PATH) return 0;
  for (size_t i = 0; i < size; i++) into[i] = folder[i];
  if (size && into[size - 1] != '/') into[size++] = '/';
  for (size_t i = 0; i <= rest; i++) into[size + i] = name[i];
  return 1;
}

// The path of a file beside this program.
static void beside(char *into, const char *program, const char *name, int code) {
  size_t folder = length(program);
  while (folder && program[folder - 1] != '/') folder--;
  if (!join(into, program, folder, name)) fail(code, ": path too long", program, 0);
}

// Opens the pipe `name` beside this program.
static long open_pipe(const char *program, const char *name) {
  char path[MAX_PATH];
  beside(path, program, name, NO_PIPES);
  long pipe = call(SYS_OPEN, (long)path, O_RDWR | O_NOCTTY | O_CLOEXEC, 0, 0, 0, 0);
  if (pipe < 0) fail(NO_PIPES, ": cannot be opened", path, -pipe);
  // Whatever else lies there has no such size.
  long size = call(SYS_FCNTL, pipe, F_GETPIPE_SZ, 0, 0, 0, 0);
  if (size < 0) fail(NO_PIPES, ": is no pipe", path, -size);
  // Where the kernel grants it.
  if (size < PIPE_BYTES) call(SYS_FCNTL, pipe, F_SETPIPE_SZ, PIPE_BYTES, 0, 0, 0);
  return pipe;
}

// Both are there before one of them is used.
static void redirect(const char *program) {
  long out = open_pipe(program, "out");
  long err = open_pipe(program, "err");
  // In the place of a standard file that was closed, it would be closed again by execve.
  long error = out < 3 || err < 3 ? -9 : call(SYS_DUP2, out, 1, 0, 0, 0, 0);
  if (error >= 0) error = call(SYS_DUP2, err, 2, 0, 0, 0, 0);
  if (error < 0) fail(NO_PIPES, ": its output cannot be moved", program, -error);
}

// Named pipes that every user may open, whatever the umask.
static __attribute__((noreturn)) void make_pipes(char **paths) {
  call(SYS_UMASK, 0, 0, 0, 0, 0, 0);
  for (; *paths; paths++) {
    long error = -call(SYS_MKNOD, (long)*paths, S_IFIFO | 0666, 0, 0, 0, 0);
    if (error > 0 && error != EEXIST) fail(126, ": cannot be made", *paths, error);
  }
  for (;;) call(SYS_EXIT, 0, 0, 0, 0, 0, 0);
}

static char **environment(char **inherited, const char *program) {
  char path[MAX_PATH];
  beside(path, program, "environment", 126);
  char **variables = (char **)memory((MAX_VARIABLES + 1) * sizeof(char *));
  size_t count = 0;
  for (char **entry = inherited; *entry; entry++) count = put(variables, count, *entry);
  char *text = memory(MAX_FILE + 2);
  size_t size = read_file(path, text);
  if (size && text[size - 1]) fail(126, ": does not end with a zero byte", path, 0);
  for (char *entry = text; entry < text + size; entry += length(entry) + 1) {
    const char *equals = entry;
    while (*equals && *equals != '=') equals++;
    if (!*equals || equals == entry) fail(126, ": an entry is not NAME=value", path, 0);
    count = put(variables, count, entry);
  }
  return variables;
}

// What to run, from the file beside this program: whoever started it does not know it.
static char **given(const char *program) {
  char path[MAX_PATH];
  beside(path, program, "command", 126);
  char *text = memory(MAX_FILE + 2);
  size_t size = read_file(path, text);
  if (!size || text[size - 1]) fail(126, ": does not end with a zero byte", path, 0);
  char **words = (char **)memory((MAX_VARIABLES + 1) * sizeof(char *));
  size_t count = 0;
  for (char *word = text; word < text + size; word += length(word) + 1) {
    if (count == MAX_VARIABLES) fail(126, ": too many words", path, 0);
    words[count++] = word;
  }
  return words;
}

// Makes the file `input` standard input; where there is none, returns the pipe that brings it, else -1.
static int given_input(const char *program) {
  char path[MAX_PATH];
  beside(path, program, "input", 126);
  long input = call(SYS_OPEN, (long)path, O_CLOEXEC, 0, 0, 0, 0);
  if (input == -ENOENT) {
    beside(path, program, "in", 126);
    input = call(SYS_OPEN, (long)path, O_CLOEXEC | O_NONBLOCK, 0, 0, 0, 0);
    if (input < 0) fail(126, ": cannot be opened", path, -input);
    return (int)input;
  }
  if (input < 0) fail(126, ": cannot be opened", path, -input);
  // In the place of a standard file that was closed, it would be closed again by execve.
  long error = input < 3 ? -9 : call(SYS_DUP2, input, 0, 0, 0, 0, 0);
  if (error < 0) fail(126, ": cannot be standard input", path, -error);
  return -1;
}

static __attribute__((noreturn)) void run(char **arguments, char **variables) {
  const char *name = arguments[0];
  const char *folders = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  int plain = *name != 0;
  for (const char *at = name; *at; at++) plain &= *at != '/';
  if (!plain) {
    long error = -call(SYS_EXECVE, (long)name, (long)arguments, (long)variables, 0, 0, 0);
    fail(error == ENOENT || error == ENOTDIR ? 127 : 126, ": cannot be run", name, error);
  }
  for (char **entry = variables; *entry; entry++)
    if (same_name(*entry, "PATH=")) folders = *entry + 5;
  long denied = 0;
  for (;;) {
    size_t size = 0;
    while (folders[size] && folders[size] != ':') size++;
    char path[MAX_PATH];
    // An empty folder is the working folder.
    if (join(path, size ? folders : ".", size ? size : 1, name)) {
      long error = -call(SYS_EXECVE, (long)path, (long)arguments, (long)variables, 0, 0, 0);
      if (error == EACCES) denied = error;
      else if (error != ENOENT && error != ENOTDIR) fail(126, ": cannot be run", path, error);
    }
    if (!folders[size]) break;
    folders += size + 1;
  }
  if (denied) fail(126, ": may not be run", name, denied);
  fail(127, ": not found", name, 0);
}

// A command from the file `command`: one of the launcher's own, or a program.
static __attribute__((noreturn)) void run_given(char **command, char **variables);

#include "attended.h"
#include "archive.h"

static __attribute__((noreturn)) void run_given(char **command, char **variables) {
  int reads = same(command[0], "--archive"), writes = same(command[0], "--restore");
  if ((!reads && !writes) || !command[1]) run(command, variables);
  // It ends with the launcher that has started it.
  call(SYS_PRCTL, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0, 0);
  if (reads) archive(command[1]);
  restore(command[1]);
}

// The kernel's stack: number of arguments, arguments, 0, variables, 0, pairs of auxiliary values.
__attribute__((noreturn, used)) void launch(long *stack) {
  char **arguments = (char **)(stack + 1);
  char **variables = arguments + stack[0] + 1;
  if (stack[0] < 2) fail(127, "no command was given", "", 0);
  long *pair = (long *)variables;
  while (*pair++);
  const char *program = arguments[0];
  for (; *pair != AT_NULL; pair += 2)
    if (*pair == AT_EXECFN) program = (const char *)pair[1];
  if (same(arguments[1], "--fifos")) make_pipes(arguments + 2);
  redirect(program);
  int prepared = same(arguments[1], "--given");
  int control = prepared ? given_input(program) : -1;
  char **command = prepared ? given(program) : arguments + 1;
  variables = environment(variables, program);
  if (control >= 0) attend(control, command, variables);
  if (prepared) run_given(command, variables);
  run(command, variables);
}

__asm__(".globl _start\n_start:\n  xor %ebp, %ebp\n  mov %rsp, %rdi\n  and $-16, %rsp\n  call launch\n");
