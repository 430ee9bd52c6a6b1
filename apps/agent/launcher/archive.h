// A folder as one archive on standard output, and such an archive back into a folder. Part of launch.c, which includes it.
//
// GNU tar: folders, files and symbolic links, sorted by name, owned by nobody in particular; the same content gives the same bytes.
// Sockets, pipes and devices are left out. Standard error says in one last line how it went: `done`, the number of bytes; or
// `changed`, when a second look finds anything that was written, made, moved or removed since the first. Without a
// change between both, what was read is the folder as it was at the end of the first look.

struct status {
  unsigned long device, inode, links;
  unsigned int mode, user, group, unused;
  unsigned long special;
  long size, block, blocks;
  long read_at, read_at_ns, written, written_ns, changed, changed_ns;
  long more[3];
};
struct entry { unsigned long inode; long next; unsigned short size; unsigned char kind; char name[]; };
struct moment { long seconds, ns; };

enum {
  SYS_FSTAT = 5, SYS_FSYNC = 74, SYS_GETDENTS64 = 217, SYS_CLOCK_GETTIME = 228, SYS_OPENAT = 257, SYS_MKDIRAT = 258,
  SYS_NEWFSTATAT = 262, SYS_UNLINKAT = 263, SYS_RENAMEAT = 264, SYS_SYMLINKAT = 266, SYS_READLINKAT = 267,
  SYS_FCHMOD = 91, SYS_UTIMENSAT = 280
};
enum { O_WRONLY = 1, O_CREAT = 0100, O_EXCL = 0200, O_DIRECTORY = 0200000, O_NOFOLLOW = 0400000 };
enum { AT_FDCWD = -100, AT_SYMLINK_NOFOLLOW = 0x100, AT_REMOVEDIR = 0x200, ELOOP = 40 };
enum { S_IFMT = 0170000, S_IFDIR = 0040000, S_IFREG = 0100000, S_IFLNK = 0120000 };
enum { BLOCK = 512, IO_BYTES = 64 << 10, MAX_DEPTH = 100, CHANGED = 75 };
// Names of the folders that are open at a time, and where they are.
enum { MAX_NAMES = 64 << 20 };
// A change so shortly after another one may have the same time.
#define TICK_NS 20000000L
#define UNFINISHED ".wetee-restore"
#define LONG_NAME "././@LongLink"

static struct {
  char *names;
  size_t named;
  char path[MAX_PATH];
  char output[IO_BYTES];
  size_t held;
  unsigned long bytes;
  // Of all that was seen in one look.
  unsigned long digest;
  int writes;
} tar;

static __attribute__((noreturn)) void over(int code) {
  for (;;) call(SYS_EXIT, code, 0, 0, 0, 0, 0);
}

static __attribute__((noreturn)) void told(const char *how, unsigned long bytes) {
  char digits[24];
  size_t at = sizeof digits - 1;
  digits[at] = 0;
  do digits[--at] = (char)('0' + bytes % 10);
  while (bytes /= 10);
  say("wetee archive: ");
  say(how);
  say(" ");
  say(digits + at);
  say("\n");
  over(same(how, "done") ? 0 : CHANGED);
}

static __attribute__((noreturn)) void refuse(const char *what, long error) {
  // What was there a moment ago, and is not, or is something else.
  if (error == ENOENT || error == ENOTDIR || error == ELOOP) told("changed", tar.bytes);
  fail(126, what, tar.path, error);
}

static void clear(void *at, size_t size) {
  for (size_t i = 0; i < size; i++) ((char *)at)[i] = 0;
}

static void flush(void) {
  for (size_t from = 0; from < tar.held;) {
    long done = io(SYS_WRITE, 1, tar.output + from, tar.held - from);
    if (done <= 0) over(126);
    from += (size_t)done;
  }
  tar.held = 0;
}

static void emit(const char *bytes, size_t size) {
  tar.bytes += size;
  for (size_t i = 0; i < size; i++) {
    if (tar.held == sizeof tar.output) flush();
    tar.output[tar.held++] = bytes[i];
  }
}

static void pad(void) {
  while (tar.bytes % BLOCK) emit("", 1);
}

static void number(char *field, int width, unsigned long value) {
  if (width == 12 && value >> 33) {
    for (int i = width - 1; i > 0; i--, value >>= 8) field[i] = (char)(value & 0xff);
    field[0] = (char)0x80;
    return;
  }
  for (int i = width - 2; i >= 0; i--, value >>= 3) field[i] = (char)('0' + (value & 7));
}

static void put_text(char *field, size_t width, const char *text) {
  for (size_t i = 0; i < width && text[i]; i++) field[i] = text[i];
}

static void put_header(char kind, const char *name, const char *target, const struct status *of, unsigned long size) {
  char header[BLOCK];
  clear(header, sizeof header);
  put_text(header, 100, name);
  number(header + 100, 8, of->mode & 07777);
  number(header + 108, 8, 0);
  number(header + 116, 8, 0);
  number(header + 124, 12, size);
  number(header + 136, 12, of->written > 0 ? (unsigned long)of->written : 0);
  header[156] = kind;
  put_text(header + 157, 100, target);
  put_text(header + 257, 8, "ustar  ");
  unsigned long sum = 8 * ' ';
  for (size_t i = 0; i < BLOCK; i++) sum += (unsigned char)header[i];
  number(header + 148, 7, sum);
  header[155] = ' ';
  emit(header, BLOCK);
}

static void put_long(char kind, const char *text) {
  struct status none;
  clear(&none, sizeof none);
  if (length(text) < 100) return;
  put_header(kind, LONG_NAME, "", &none, length(text) + 1);
  emit(text, length(text) + 1);
  pad();
}

static void put_member(char kind, const char *target, const struct status *of, unsigned long size) {
  put_long('K', target);
  put_long('L', tar.path);
  put_header(kind, tar.path, target, of, size);
}

static void fold(const void *at, size_t size) {
  for (size_t i = 0; i < size; i++) tar.digest = (tar.digest ^ ((const unsigned char *)at)[i]) * 0x100000001b3UL;
}

// What a look has seen of one member.
static void note(const struct status *of) {
  struct moment now;
  call(SYS_CLOCK_GETTIME, 0, (long)&now, 0, 0, 0, 0);
  long age = (now.seconds - of->changed) * 1000000000L + now.ns - of->changed_ns;
  if (age >= 0 && age < TICK_NS) told("changed", tar.bytes);
  long seen[] = {(long)of->inode, of->mode, of->size, of->written, of->written_ns, of->changed, of->changed_ns};
  fold(tar.path, length(tar.path) + 1);
  fold(seen, sizeof seen);
}

static int before(const char *a, const char *b) {
  while (*a == *b && *a) a++, b++;
  return (unsigned char)*a < (unsigned char)*b;
}

static void *reserve(size_t size) {
  size_t at = (tar.named + 7) & ~(size_t)7;
  if (at + size > MAX_NAMES) refuse(": too many names", 0);
  tar.named = at + size;
  return tar.names + at;
}

// Names of a folder in order; what they take is given back by whoever sets `tar.named` to what it was.
static size_t list(int folder, char ***names) {
  static char buffer[IO_BYTES];
  size_t count = 0;
  char *first = tar.names + ((tar.named + 7) & ~(size_t)7);
  for (;;) {
    long got = io(SYS_GETDENTS64, folder, buffer, sizeof buffer);
    if (got < 0) refuse(": cannot be listed", -got);
    if (got == 0) break;
    for (char *at = buffer; at < buffer + got; at += ((struct entry *)at)->size) {
      const char *name = ((struct entry *)at)->name;
      if (same(name, ".") || same(name, "..") || same(name, UNFINISHED)) continue;
      size_t size = (length(name) + 8) & ~(size_t)7;
      put_text(reserve(size), size, name);
      for (char *end = tar.names + tar.named - size + length(name); end < tar.names + tar.named; end++) *end = 0;
      count++;
    }
  }
  char **all = reserve(count * sizeof(char *));
  for (size_t i = 0; i < count; i++, first += (length(first) + 8) & ~(size_t)7) all[i] = first;
  size_t gap = 1;
  while (gap < count / 3) gap = 3 * gap + 1;
  for (; gap; gap /= 3)
    for (size_t i = gap; i < count; i++) {
      char *one = all[i];
      size_t at = i;
      for (; at >= gap && before(one, all[at - gap]); at -= gap) all[at] = all[at - gap];
      all[at] = one;
    }
  *names = all;
  return count;
}

static int open_at(int folder, const char *name, int flags) {
  long file = call(SYS_OPENAT, folder, (long)name, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0, 0, 0);
  if (file < 0) refuse(": cannot be opened", -file);
  return (int)file;
}

static void put_file(int folder, const char *name) {
  static char buffer[IO_BYTES];
  struct status of;
  int file = open_at(folder, name, 0);
  // What is written through memory counts as written from here on.
  call(SYS_FSYNC, file, 0, 0, 0, 0, 0);
  call(SYS_FSTAT, file, (long)&of, 0, 0, 0, 0);
  note(&of);
  if (tar.writes) {
    put_member('0', "", &of, (unsigned long)of.size);
    for (long left = of.size; left;) {
      long got = io(SYS_READ, file, buffer, left < IO_BYTES ? (size_t)left : IO_BYTES);
      if (got < 0) refuse(": cannot be read", -got);
      if (got == 0) told("changed", tar.bytes);
      emit(buffer, (size_t)got);
      left -= got;
    }
    pad();
  }
  call(SYS_CLOSE, file, 0, 0, 0, 0, 0);
}

static void put_link(int folder, const char *name, const struct status *of) {
  char target[MAX_PATH];
  long size = call(SYS_READLINKAT, folder, (long)name, (long)target, MAX_PATH - 1, 0, 0);
  if (size < 0) refuse(": cannot be read", -size);
  target[size] = 0;
  note(of);
  fold(target, (size_t)size);
  if (tar.writes) put_member('2', target, of, 0);
}

// Everything below an open folder, whose path takes `size` bytes.
static void look(int folder, size_t size, int depth) {
  if (depth == MAX_DEPTH) refuse(": too deep", 0);
  struct status of;
  size_t kept = tar.named;
  char **names;
  call(SYS_FSTAT, folder, (long)&of, 0, 0, 0, 0);
  note(&of);
  if (size && tar.writes) put_member('5', "", &of, 0);
  size_t count = list(folder, &names);
  for (size_t i = 0; i < count; i++) {
    if (size + length(names[i]) + 2 > MAX_PATH) refuse(": path too long", 0);
    clear(tar.path + size, MAX_PATH - size);
    put_text(tar.path + size, MAX_PATH - size, names[i]);
    long error = -call(SYS_NEWFSTATAT, folder, (long)names[i], (long)&of, AT_SYMLINK_NOFOLLOW, 0, 0);
    if (error) refuse(": cannot be looked at", error);
    unsigned int kind = of.mode & S_IFMT;
    if (kind == S_IFREG) put_file(folder, names[i]);
    else if (kind == S_IFLNK) put_link(folder, names[i], &of);
    else if (kind == S_IFDIR) {
      size_t own = size + length(names[i]);
      tar.path[own] = '/';
      int child = open_at(folder, names[i], O_DIRECTORY);
      look(child, own + 1, depth + 1);
      call(SYS_CLOSE, child, 0, 0, 0, 0, 0);
    }
  }
  clear(tar.path + size, MAX_PATH - size);
  tar.named = kept;
}

static int open_folder(const char *path) {
  // Reserved without being counted: what is not used is never there.
  long at = call(SYS_MMAP, 0, MAX_NAMES, 3, 0x4022, -1, 0);
  if (at < 0) fail(126, "no memory", "", -at);
  tar.names = (char *)at;
  long folder = call(SYS_OPEN, (long)path, O_DIRECTORY | O_CLOEXEC, 0, 0, 0, 0);
  if (folder < 0) fail(126, ": cannot be opened", path, -folder);
  return (int)folder;
}

static __attribute__((noreturn)) void archive(const char *path) {
  static char end[2 * BLOCK];
  unsigned long first = 0;
  for (int round = 0; round < 2; round++) {
    int folder = open_folder(path);
    tar.writes = round == 0;
    tar.digest = 0xcbf29ce484222325UL;
    look(folder, 0, 0);
    call(SYS_CLOSE, folder, 0, 0, 0, 0, 0);
    if (round == 0) first = tar.digest;
  }
  if (first != tar.digest) told("changed", tar.bytes);
  emit(end, sizeof end);
  flush();
  told("done", tar.bytes);
}

#include "restore.h"
