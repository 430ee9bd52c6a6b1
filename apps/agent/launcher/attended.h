// A command whose input comes while it runs, at a terminal of its own or without one. Part of launch.c, which includes it.
//
// The pipe `in` beside the program brings frames: a letter, the length of what follows in two bytes (big-endian), that much.
// The first one says which it is: `s` (columns, rows, two bytes each) a terminal of that size, `p` (empty) a pipe. Then `d` is
// input, `s` another size, `e` the end of input (at a terminal the character that says so). The launcher stays and passes on;
// its exit code is that of the command, 128 and the number for a signal. When the pipe ends, so does the command.

struct poll_entry { int fd; short events, found; };
struct window { unsigned short rows, columns, width, height; };
struct terminal_modes { unsigned int input, output, control, local; unsigned char discipline, characters[19]; };

enum { POLLIN = 1, POLLOUT = 4, POLLERR = 8, EINTR = 4, EAGAIN = 11 };
enum { F_SETFL = 4, SIGKILL = 9, SIGPIPE = 13, SIGCHLD = 17, WNOHANG = 1, UTF8_INPUT = 040000, END_OF_INPUT = 4 };
enum { TCGETS = 0x5401, TCSETS = 0x5402, TIOCSCTTY = 0x540E, TIOCSWINSZ = 0x5414 };
#define TIOCGPTN 0x80045430L
#define TIOCSPTLCK 0x40045431L
enum { HEAD = 3, MAX_FRAME = 4096, SIGNAL_BYTES = 128 };

// What has been read at one end and not yet been written at the other.
struct waiting { char bytes[MAX_FRAME]; size_t from, to; };

static struct {
  // Where frames come from.
  int control;
  // Where input goes: the terminal, or a pipe; -1 when that is over.
  int sink;
  // The terminal's upper end, -1 without one.
  int terminal;
  long child;
  unsigned char frame[HEAD + MAX_FRAME];
  size_t read;
  struct waiting input, output;
} attended;

static long io(int number, int fd, const void *at, size_t size) {
  long done;
  do done = call(number, fd, (long)at, (long)size, 0, 0, 0);
  while (done == -EINTR);
  return done;
}

static unsigned int two_bytes(const unsigned char *at) { return (unsigned int)at[0] << 8 | at[1]; }

// One frame as far as it is there: 1 whole, 0 not yet, -1 the pipe has ended or holds something else.
static int read_frame(void) {
  for (;;) {
    size_t size = HEAD;
    if (attended.read >= HEAD) size += two_bytes(attended.frame + 1);
    if (size > sizeof attended.frame) return -1;
    if (attended.read == size) return 1;
    long got = io(SYS_READ, attended.control, attended.frame + attended.read, size - attended.read);
    if (got == -EAGAIN) return 0;
    if (got <= 0) return -1;
    attended.read += (size_t)got;
  }
}

static void resize(void) {
  const unsigned char *size = attended.frame + HEAD;
  struct window window = {(unsigned short)two_bytes(size + 2), (unsigned short)two_bytes(size), 0, 0};
  call(SYS_IOCTL, attended.terminal, TIOCSWINSZ, (long)&window, 0, 0, 0);
}

static int take_frame(void) {
  size_t size = attended.read - HEAD;
  struct waiting *input = &attended.input;
  input->from = input->to = 0;
  attended.read = 0;
  switch (attended.frame[0]) {
    case 'd':
      for (; input->to < size; input->to++) input->bytes[input->to] = (char)attended.frame[HEAD + input->to];
      return 1;
    case 's':
      if (size != 4 || attended.terminal < 0) return 0;
      resize();
      return 1;
    case 'e':
      if (attended.terminal >= 0) input->bytes[input->to++] = END_OF_INPUT;
      else {
        call(SYS_CLOSE, attended.sink, 0, 0, 0, 0, 0);
        attended.sink = -1;
      }
      return 1;
  }
  return 0;
}

// Writes what waits, as far as it goes. Whether that end still takes something.
static int pass(struct waiting *from, int to) {
  if (from->from == from->to) return 1;
  long done = io(SYS_WRITE, to, from->bytes + from->from, from->to - from->from);
  if (done == -EAGAIN) return 1;
  if (done < 0) return 0;
  from->from += (size_t)done;
  return 1;
}

static int must(long result, const char *what) {
  if (result < 0) fail(126, what, "", -result);
  return (int)result;
}

// A terminal of the container's own; its lower end.
static int open_terminal(void) {
  char path[] = "/dev/pts/0000000000";
  unsigned int number = 0;
  int unlocked = 0;
  long flags = O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK;
  attended.terminal = must(call(SYS_OPEN, (long)"/dev/ptmx", flags, 0, 0, 0, 0), "/dev/ptmx: no terminal here");
  must(call(SYS_IOCTL, attended.terminal, TIOCSPTLCK, (long)&unlocked, 0, 0, 0), "a terminal stays locked");
  must(call(SYS_IOCTL, attended.terminal, TIOCGPTN, (long)&number, 0, 0, 0), "a terminal without a number");
  size_t digits = 1;
  for (unsigned int rest = number; rest >= 10; rest /= 10) digits++;
  path[9 + digits] = 0;
  for (; digits; number /= 10) path[8 + digits--] = (char)('0' + number % 10);
  int lower = must(call(SYS_OPEN, (long)path, O_RDWR | O_NOCTTY | O_CLOEXEC, 0, 0, 0, 0), "/dev/pts: no terminal here");
  struct terminal_modes modes;
  if (call(SYS_IOCTL, lower, TCGETS, (long)&modes, 0, 0, 0) >= 0) {
    modes.input |= UTF8_INPUT;
    call(SYS_IOCTL, lower, TCSETS, (long)&modes, 0, 0, 0);
  }
  attended.sink = attended.terminal;
  resize();
  return lower;
}

static __attribute__((noreturn)) void begin(int input, char **command, char **variables) {
  must(call(SYS_SETSID, 0, 0, 0, 0, 0, 0), "no session");
  if (attended.terminal >= 0) must(call(SYS_IOCTL, input, TIOCSCTTY, 0, 0, 0, 0), "the terminal is not its own");
  for (int fd = 0; fd < (attended.terminal < 0 ? 1 : 3); fd++) must(call(SYS_DUP2, input, fd, 0, 0, 0, 0), "no input");
  // Its own end of its input would keep that from ending where nothing is executed.
  if (attended.terminal < 0) call(SYS_CLOSE, attended.sink, 0, 0, 0, 0, 0);
  run_given(command, variables);
}

// The command and all in its group; whoever has the terminal is told by its end.
static __attribute__((noreturn)) void hang_up(void) {
  call(SYS_KILL, -attended.child, SIGKILL, 0, 0, 0, 0);
  for (;;) call(SYS_EXIT, 128 + SIGKILL, 0, 0, 0, 0, 0);
}

// Its exit code, or -1 while it runs (one that is stopped is told of, too).
static int ended(int children) {
  char told[SIGNAL_BYTES];
  int status = 0;
  io(SYS_READ, children, told, sizeof told);
  if (call(SYS_WAIT4, attended.child, (long)&status, WNOHANG, 0, 0, 0) != attended.child) return -1;
  return status & 0x7f ? 128 + (status & 0x7f) : status >> 8 & 0xff;
}

// What the command has left in its terminal goes out, then it is over.
static __attribute__((noreturn)) void finish(int code) {
  struct waiting *output = &attended.output;
  if (attended.terminal >= 0) {
    // Whoever is slow to read is waited for from here on.
    call(SYS_FCNTL, 1, F_SETFL, O_RDWR, 0, 0, 0);
    do {
      while (output->from < output->to && pass(output, 1));
      output->from = 0;
      long got = io(SYS_READ, attended.terminal, output->bytes, MAX_FRAME);
      output->to = got > 0 ? (size_t)got : 0;
    } while (output->to);
  }
  for (;;) call(SYS_EXIT, code, 0, 0, 0, 0, 0);
}

static void pass_on(int children) {
  struct waiting *input = &attended.input, *output = &attended.output;
  int waits = input->from < input->to, holds = output->from < output->to;
  struct poll_entry entries[4] = {
    {children, POLLIN, 0},
    {attended.control, waits ? 0 : POLLIN, 0},
    {attended.sink, (short)((waits ? POLLOUT : 0) | (attended.terminal >= 0 && !holds ? POLLIN : 0)), 0},
    {holds ? 1 : -1, POLLOUT, 0},
  };
  call(SYS_POLL, (long)entries, 4, -1, 0, 0, 0);
  int code = entries[0].found ? ended(children) : -1;
  if (code >= 0) finish(code);
  if (entries[1].found & POLLIN) {
    int whole = read_frame();
    if (whole < 0 || (whole && !take_frame())) hang_up();
  } else if (entries[1].found) hang_up();
  if (attended.terminal >= 0 && entries[2].found & POLLIN) {
    long got = io(SYS_READ, attended.terminal, output->bytes, MAX_FRAME);
    output->from = 0;
    output->to = got > 0 ? (size_t)got : 0;
  }
  if (entries[3].found) pass(output, 1);
  int closed = attended.sink < 0 || (attended.terminal < 0 && entries[2].found & POLLERR);
  // Nobody reads its input any more: what comes is dropped.
  if (closed || !pass(input, attended.sink)) {
    input->from = input->to;
    if (attended.terminal < 0) attended.sink = -1;
  }
}

static __attribute__((noreturn)) void attend(int control, char **command, char **variables) {
  attended.control = control;
  attended.terminal = attended.sink = -1;
  int ends[2];
  if (read_frame() <= 0) fail(126, "nobody has said how it is to be run", "", 0);
  size_t size = attended.read - HEAD;
  char kind = (char)attended.frame[0];
  attended.read = 0;
  if (kind == 's' && size == 4) ends[0] = open_terminal();
  else if (kind == 'p' && size == 0) {
    must(call(SYS_PIPE2, (long)ends, O_CLOEXEC, 0, 0, 0, 0), "no pipe");
    attended.sink = ends[1];
    call(SYS_FCNTL, ends[1], F_SETFL, O_NONBLOCK, 0, 0, 0);
  } else fail(126, "expected a terminal's size, or none", "", 0);
  unsigned long mask = 1UL << (SIGCHLD - 1) | 1UL << (SIGPIPE - 1), before = 0, children = 1UL << (SIGCHLD - 1);
  // Blocked, so that neither is lost nor ends it; the command has them as they were.
  call(SYS_RT_SIGPROCMASK, 0, (long)&mask, (long)&before, 8, 0, 0);
  int told = must(call(SYS_SIGNALFD4, -1, (long)&children, 8, O_CLOEXEC | O_NONBLOCK, 0, 0), "no signals");
  attended.child = must(call(SYS_FORK, 0, 0, 0, 0, 0, 0), "no process");
  if (attended.child == 0) {
    call(SYS_RT_SIGPROCMASK, 2, (long)&before, 0, 8, 0, 0);
    begin(ends[0], command, variables);
  }
  // The lower end of a terminal stays open: without any, the upper one would tell of its end again and again.
  if (attended.terminal < 0) call(SYS_CLOSE, ends[0], 0, 0, 0, 0, 0);
  // The command writes into its terminal, so this end of the pipe `out` is the launcher's alone.
  else call(SYS_FCNTL, 1, F_SETFL, O_RDWR | O_NONBLOCK, 0, 0, 0);
  for (;;) pass_on(told);
}
