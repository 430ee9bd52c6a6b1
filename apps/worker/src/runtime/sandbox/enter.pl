# The last step into a container: gives up every right and becomes the program. Run by setup.sh as
# process 1 of the container, with its root file system in place; Linux on x86-64.
#
# Perl, because this must change its root and then its environment: whatever program of the host is
# started with a container's variables (LD_PRELOAD...) would do as they say, with the host's rights.
#
# Standard input holds texts that end in NUL: see `enterOrder` in enter.ts. Standard error is the
# supervisor's: "exec" before the program starts, "failed ..." when it cannot. Descriptor 3 becomes
# the program's standard error, descriptor 4 its standard input if it is to have one.
use strict;
use warnings;
use POSIX ();

my %number = (
    setgroups => 116, setresuid => 117, setresgid => 119, capset  => 126, prctl => 157,
    setrlimit => 160, keyctl    => 250, unshare   => 272,
);
my ( $CLONE_NEWCGROUP, $CLONE_NEWUSER ) = ( 0x02000000, 0x10000000 );
my ( $RLIMIT_CORE, $RLIMIT_NPROC ) = ( 4, 6 );
my ( $PR_SET_PDEATHSIG, $SIGKILL ) = ( 1, 9 );
my ( $PR_SET_SECCOMP, $PR_CAPBSET_DROP, $PR_SET_NO_NEW_PRIVS, $PR_CAP_AMBIENT ) = ( 22, 24, 38, 47 );
my $CAPABILITY_VERSION_3 = 0x20080522;

open( my $supervisor, '>&', \*STDERR ) or exit 127;
$supervisor->autoflush(1);

sub fail { print $supervisor "failed $_[0]: $!\n"; exit 127 }

sub kernel {
    my ( $name, @arguments ) = @_;
    return syscall( $number{$name}, @arguments ) != -1;
}

sub must { kernel(@_) or fail( $_[0] ) }

sub put {
    my ( $path, $text ) = @_;
    open( my $file, '>', $path ) or fail($path);
    syswrite( $file, $text ) or fail($path);
}

my $order = do { local $/; <STDIN> };
my @texts = split /\0/, $order, -1;
pop @texts;
my ( $root, $uid, $gid, $mapped, $processes, $input, $folder, $filter, $variables )
    = splice @texts, 0, 9;
$_ += 0 for $uid, $gid, $mapped, $processes, $input, $variables;
my %environment = map { split /=/, $_, 2 } splice @texts, 0, $variables;

# The program's process group must not be the supervisor's: kill(0) would reach out of the container.
POSIX::setsid() != -1 or fail('setsid');
kernel( 'unshare', $CLONE_NEWCGROUP );      # Best effort: hides where the cgroups lie on the host.
kernel( 'keyctl', 1, 0 );                   # A session keyring of its own, where keyrings exist.
umask 022;

if ($mapped) {
    # Not root on the host: our one user appears as the container's user in a namespace of its own.
    must( 'unshare', $CLONE_NEWUSER );
    put( '/proc/self/setgroups', 'deny' );
    put( '/proc/self/uid_map',   "$uid 0 1" );
    put( '/proc/self/gid_map',   "$gid 0 1" );
}

# The container may open its own /dev/stdout again.
chown $uid, $gid, *STDOUT;
open( my $errors, '>&=', 3 ) or fail('descriptor 3');
chown $uid, $gid, $errors;

chroot $root or fail('chroot');
chdir '/' or fail('chdir');
if ($input) { POSIX::dup2( 4, 0 ) or fail('descriptor 4'); POSIX::close(4) }
else        { open( STDIN, '<', '/dev/null' ) or fail('/dev/null') }

my $none = pack( 'Q2', 0, 0 );
must( 'setrlimit', $RLIMIT_CORE, $none );
if ( $processes > 0 ) {
    my $limit = pack( 'Q2', $processes, $processes );
    must( 'setrlimit', $RLIMIT_NPROC, $limit );
}
for my $capability ( 0 .. 63 ) { last unless kernel( 'prctl', $PR_CAPBSET_DROP, $capability, 0, 0, 0 ) }
if ( !$mapped ) {
    must( 'setgroups', 0, 0 );
    must( 'setresgid', $gid, $gid, $gid );
    must( 'setresuid', $uid, $uid, $uid );
}
kernel( 'prctl', $PR_CAP_AMBIENT, 4, 0, 0, 0 );
my $header = pack( 'Ll', $CAPABILITY_VERSION_3, 0 );
my $nothing = pack( 'L6', (0) x 6 );
must( 'capset', $header, $nothing );
# The change of user has forgotten what parent.pl asked for.
must( 'prctl', $PR_SET_PDEATHSIG, $SIGKILL, 0, 0, 0 );
must( 'prctl', $PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0 );
chdir $folder or fail("working directory $folder");
if ( $filter ne '' ) {
    my $instructions = pack( 'H*', $filter );
    my $program = pack( 'S x6 P', length($instructions) / 8, $instructions );    # struct sock_fprog
    must( 'prctl', $PR_SET_SECCOMP, 2, $program, 0, 0 );
}

POSIX::dup2( 3, 2 );
POSIX::close(3);
print $supervisor "exec\n";
%ENV = %environment;
{ no warnings 'exec'; exec { $texts[0] } @texts }
fail( $texts[0] );
