# The parent of a container's process 1: the new PID namespace begins with its first child. Ends as
# the container does, a signal as 128 and its number; dies with the supervisor and takes the
# container along. Run by launch.ts under unshare; Linux on x86-64.
#
# unshare --fork of util-linux 2.38 would do, but says 1 for every container that a signal has ended.
use strict;
use warnings;

my ( $SYS_prctl, $PR_SET_PDEATHSIG, $SIGKILL ) = ( 157, 1, 9 );
syscall( $SYS_prctl, $PR_SET_PDEATHSIG, $SIGKILL, 0, 0, 0 ) == 0 or die "prctl: $!\n";

my $child = fork;
defined $child or die "fork: $!\n";
if ( $child == 0 ) {
    syscall( $SYS_prctl, $PR_SET_PDEATHSIG, $SIGKILL, 0, 0, 0 ) == 0 or die "prctl: $!\n";
    exec { $ARGV[0] } @ARGV or die "$ARGV[0]: $!\n";
}
close $_ for *STDIN, *STDOUT;
waitpid $child, 0;
exit( $? & 127 ? 128 + ( $? & 127 ) : $? >> 8 );
