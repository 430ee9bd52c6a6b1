// An archive on standard input, as archive.h writes it, in the place of what a folder holds. Part of launch.c, by archive.h.
//
// All of it is written beside first; only when its end has come, what was there is moved away, the new moved in, and the old removed.
// Folders can always be read, written and entered by who restores.

static void take(char *into, size_t size) {
  while (size) {
    long got = io(SYS_READ, 0, into, size);
    if (got <= 0) fail(126, "the archive was cut short", "", got < 0 ? -got : 0);
    tar.bytes += (size_t)got;
    into += got;
    size -= (size_t)got;
  }
}

static unsigned long number_of(const char *field, int width) {
  unsigned long value = 0;
  if ((unsigned char)field[0] == 0x80) {
    for (int i = 4; i < width; i++) value = value << 8 | (unsigned char)field[i];
    return value;
  }
  for (int i = 0; i < width && field[i] >= '0' && field[i] <= '7'; i++) value = value << 3 | (unsigned long)(field[i] - '0');
  return value;
}

// A header; whether it is one, and not the end.
static int take_header(char *header) {
  take(header, BLOCK);
  unsigned long sum = 8 * ' ';
  int empty = 1;
  for (int i = 0; i < BLOCK; i++) {
    empty &= header[i] == 0;
    if (i < 148 || i >= 156) sum += (unsigned char)header[i];
  }
  if (empty) return 0;
  if (sum != number_of(header + 148, 7)) fail(126, "no header of an archive", "", 0);
  return 1;
}

static void take_padding(unsigned long size) {
  char rest[BLOCK];
  if (size % BLOCK) take(rest, BLOCK - size % BLOCK);
}

static void take_long(char *into, unsigned long size) {
  if (size == 0 || size > MAX_PATH) fail(126, "a name that is too long", "", 0);
  clear(into, MAX_PATH);
  take(into, size);
  take_padding(size);
  if (into[size - 1]) fail(126, "a name without an end", "", 0);
}

// The folder in which the last part of a path lies, which that part stays of: never through a link, never above `folder`.
static int parent_of(int folder, char **name) {
  int parent = must(call(SYS_OPENAT, folder, (long)".", O_DIRECTORY | O_CLOEXEC, 0, 0, 0), "the folder is gone");
  char *at = tar.path;
  for (int depth = 0; depth < MAX_DEPTH; depth++) {
    char *end = at;
    while (*end && *end != '/') end++;
    int last = !end[0] || !end[1];
    *end = 0;
    if (!*at || same(at, ".") || same(at, "..")) fail(126, "a path that leads out of the folder", "", 0);
    if (last) {
      *name = at;
      return parent;
    }
    int next = must(call(SYS_OPENAT, parent, (long)at, O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW, 0, 0, 0), "a path through no folder");
    call(SYS_CLOSE, parent, 0, 0, 0, 0, 0);
    parent = next;
    at = end + 1;
  }
  fail(126, "a path that is too deep", "", 0);
}

static void take_file(int parent, const char *name, const char *header, unsigned long size) {
  static char buffer[IO_BYTES];
  struct moment times[2] = {{0, 0}, {0, 0}};
  times[0].seconds = times[1].seconds = (long)number_of(header + 136, 12);
  int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  int file = must(call(SYS_OPENAT, parent, (long)name, flags, 0600, 0, 0), "a file cannot be made");
  for (unsigned long left = size; left;) {
    size_t part = left < IO_BYTES ? (size_t)left : IO_BYTES;
    take(buffer, part);
    for (size_t from = 0; from < part;) from += (size_t)must(io(SYS_WRITE, file, buffer + from, part - from), "a file cannot be written");
    left -= part;
  }
  take_padding(size);
  must(call(SYS_FCHMOD, file, (long)(number_of(header + 100, 8) & 07777), 0, 0, 0, 0), "a file cannot be written");
  call(SYS_UTIMENSAT, file, 0, (long)times, 0, 0, 0);
  must(call(SYS_FSYNC, file, 0, 0, 0, 0, 0), "a file cannot be written");
  call(SYS_CLOSE, file, 0, 0, 0, 0, 0);
}

static void take_members(int folder) {
  static char header[BLOCK], target[MAX_PATH];
  int named = 0, linked = 0;
  while (take_header(header)) {
    unsigned long size = number_of(header + 124, 12);
    char kind = header[156], *name;
    if (kind == 'L' || kind == 'K') {
      take_long(kind == 'L' ? tar.path : target, size);
      if (kind == 'L') named = 1;
      else linked = 1;
      continue;
    }
    if (!named) clear(tar.path, MAX_PATH), put_text(tar.path, 100, header);
    if (!linked) clear(target, MAX_PATH), put_text(target, 100, header + 157);
    named = linked = 0;
    int parent = parent_of(folder, &name);
    if (kind == '0') take_file(parent, name, header, size);
    else if (kind == '5') {
      long mode = (long)(number_of(header + 100, 8) & 07777) | 0700;
      must(call(SYS_MKDIRAT, parent, (long)name, mode, 0, 0, 0), "a folder cannot be made");
    } else if (kind == '2') must(call(SYS_SYMLINKAT, (long)target, parent, (long)name, 0, 0, 0), "a link cannot be made");
    else fail(126, "something else than a file, a folder or a link", "", 0);
    call(SYS_CLOSE, parent, 0, 0, 0, 0, 0);
  }
  take(header, BLOCK);
}

static void remove_all(int folder, const char *name, int depth) {
  long error = -call(SYS_UNLINKAT, folder, (long)name, 0, 0, 0, 0);
  if (!error || error == ENOENT) return;
  if (depth == MAX_DEPTH) fail(126, ": too deep", name, 0);
  long child = call(SYS_OPENAT, folder, (long)name, O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0, 0, 0);
  if (child < 0) fail(126, ": cannot be removed", name, error);
  size_t kept = tar.named;
  char **names;
  size_t count = list((int)child, &names);
  for (size_t i = 0; i < count; i++) remove_all((int)child, names[i], depth + 1);
  tar.named = kept;
  call(SYS_CLOSE, child, 0, 0, 0, 0, 0);
  error = -call(SYS_UNLINKAT, folder, (long)name, AT_REMOVEDIR, 0, 0, 0);
  if (error) fail(126, ": cannot be removed", name, error);
}

static int make_folder(int parent, const char *name) {
  must(call(SYS_MKDIRAT, parent, (long)name, 0700, 0, 0, 0), "the volume cannot be written");
  return must(call(SYS_OPENAT, parent, (long)name, O_DIRECTORY | O_CLOEXEC, 0, 0, 0), "the volume cannot be written");
}

// All but what is unfinished.
static void move_all(int from, int to) {
  char **names;
  tar.named = 0;
  for (size_t count = list(from, &names), i = 0; i < count; i++)
    must(call(SYS_RENAMEAT, from, (long)names[i], to, (long)names[i], 0, 0), "something cannot be moved");
}

static __attribute__((noreturn)) void restore(const char *path) {
  int folder = open_folder(path);
  call(SYS_UMASK, 0, 0, 0, 0, 0, 0);
  remove_all(folder, UNFINISHED, 0);
  int unfinished = make_folder(folder, UNFINISHED);
  int arrived = make_folder(unfinished, "new"), old = make_folder(unfinished, "old");
  take_members(arrived);
  move_all(folder, old);
  move_all(arrived, folder);
  remove_all(folder, UNFINISHED, 0);
  must(call(SYS_FSYNC, folder, 0, 0, 0, 0, 0), "the volume cannot be written");
  told("done", tar.bytes);
}
