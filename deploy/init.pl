# First process of the devnet's container: runs a program, passes signals on to it, waits for processes that others have left behind, and ends
# as the program does. Docker's own (--init) is mounted below /usr, which the sandbox then could not hand to its containers.
use strict;
use warnings;
use Errno qw(EINTR);

my $child = fork // die "fork: $!\n";
if ($child == 0) { exec { $ARGV[0] } @ARGV or die "$ARGV[0]: $!\n" }
for my $name (qw(TERM INT HUP USR1 USR2)) {
  $SIG{$name} = sub { kill $name, $child };
}
while (1) {
  my $ended = waitpid -1, 0;
  next if $ended != $child && $ended > 0;
  next if $ended < 0 && $! == EINTR;
  exit($? & 127 ? 128 + ($? & 127) : $? >> 8);
}
