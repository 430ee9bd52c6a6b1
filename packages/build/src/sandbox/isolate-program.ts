// The first process of a build's sandbox, in Perl: it mounts, gives up every right, and runs the script as its child. Text only.
//
// Perl, because this has to call pivot_root, prctl and capset, which neither Node nor the shell can, and Debian has it always. As a
// text, because the user that it runs as may not be allowed to read this package's files.

/**
 * Standard input: texts that end in NUL, in the order of `encodeOrder`, then nothing until the end: when the builder goes, the
 * sandbox ends. Standard output and error are the script's, and end in a mark that it cannot know. Descriptor 3 is told "exit N", or "failed WHAT", when no process
 * of the script is left; the files in /source stay until standard input ends.
 */
export const isolateProgram = String.raw`
use strict;
use warnings;
use POSIX ();
my %number = (
    capset => 126, prctl => 157, setrlimit => 160, mount => 165, umount2 => 166, pivot_root => 155, keyctl => 250,
);
open( my $status, '>&=', 3 ) or exit 127;
$status->autoflush(1);
sub fail { print $status "failed $_[0]: $!\n"; exit 127 }
sub kernel { my ( $name, @arguments ) = @_; return syscall( $number{$name}, @arguments ) != -1 }
sub must { kernel(@_) or fail( $_[0] ) }
sub mount_on { my ( $place, $source, $type, $flags, $options ) = @_; kernel( 'mount', $source, $place, $type, $flags, $options ) or fail("mount $place") }
my ( $RDONLY, $NOSUID, $NODEV, $NOEXEC, $REMOUNT, $BIND, $REC, $PRIVATE ) = ( 1, 2, 4, 8, 32, 4096, 16384, 1 << 18 );

my $order = '';
until ( $order =~ /\0\0\z/ ) { sysread( STDIN, $order, 65536, length $order ) or fail('order') }
my @texts = split /\0/, $order, -1;
splice @texts, -2;
my ( $mark, $root, $work, $bytes, $files, $memory, $processes, $seconds, $engine, $variables ) = splice @texts, 0, 10;
$_ += 0 for $bytes, $files, $memory, $processes, $seconds, $engine, $variables;
my @environment = splice @texts, 0, $variables;

must( 'prctl', 1, 9, 0, 0, 0 );    # Dies with whoever started it.
kernel( 'keyctl', 1, 0 );
mount_on( '/', 'none', 0, $REC | $PRIVATE, 0 );
mount_on( $root, $root, 0, $BIND | $REC, 0 );
mount_on( "$root/source", 'tmpfs', 'tmpfs', $NOSUID | $NODEV, "mode=0755,size=$bytes,nr_inodes=$files" );
mount_on( "$root/tmp", 'tmpfs', 'tmpfs', $NOSUID | $NODEV, "mode=1777,size=$bytes,nr_inodes=$files" );
mount_on( "$root/dev", 'tmpfs', 'tmpfs', $NOSUID | $NOEXEC, 'mode=0755,size=65536' );
for my $device (qw(null zero full random urandom)) {
    open( my $file, '>', "$root/dev/$device" ) or fail("/dev/$device");
    close $file;
    mount_on( "$root/dev/$device", "/dev/$device", 0, $BIND, 0 );
}
symlink '/proc/self/fd', "$root/dev/fd";
mount_on( "$root/proc", 'proc', 'proc', $NOSUID | $NODEV | $NOEXEC, 0 );
system( 'cp', '-R', '-P', '--preserve=mode,timestamps', "$work/.", "$root/source/" ) == 0 or fail('copy of the source');
mount_on( $root, 'none', 0, $REMOUNT | $BIND | $RDONLY | $NOSUID | $NODEV, 0 );

# Nothing of the machine is in reach any more: not behind a folder, but gone.
chdir $root or fail('chdir');
must( 'pivot_root', '.', '.' );
must( 'umount2', '.', 2 );
chdir '/' or fail('chdir');

# No namespaces below this one, in which it would have rights again.
if ( open( my $limit, '>', '/proc/sys/user/max_user_namespaces' ) ) { syswrite( $limit, '0' ) or fail('max_user_namespaces') }
else { fail('max_user_namespaces') }

$SIG{CHLD} = sub { };
my $child = fork() // fail('fork');
if ( $child == 0 ) {
    $SIG{CHLD} = 'DEFAULT';
    POSIX::setsid();
    open( STDIN, '<', '/dev/null' ) or fail('/dev/null');
    my %limits = ( 0 => $seconds, 1 => $bytes, 2 => $memory, 4 => 0, 6 => $processes );
    must( 'setrlimit', $_ + 0, pack( 'Q2', $limits{$_}, $limits{$_} ) ) for keys %limits;
    unless ($engine) {
        for my $capability ( 0 .. 63 ) { last unless kernel( 'prctl', 24, $capability, 0, 0, 0 ) }
        kernel( 'prctl', 47, 4, 0, 0, 0 );
        my $header = pack( 'Ll', 0x20080522, 0 );
        my $nothing = pack( 'L6', (0) x 6 );
        must( 'capset', $header, $nothing );
    }
    must( 'prctl', 38, 1, 0, 0, 0 );
    chdir '/source' or fail('/source');
    %ENV = map { split /=/, $_, 2 } @environment;
    POSIX::close(3);
    { no warnings 'exec'; exec { $texts[0] } @texts }
    POSIX::_exit(127);
}
my $code;
until ( defined $code ) {
    my $ready = '';
    vec( $ready, 0, 1 ) = 1;
    if ( select( $ready, undef, undef, 0.5 ) > 0 ) { exit 1 unless sysread( STDIN, my $more, 64 ) }
    while ( ( my $ended = waitpid( -1, POSIX::WNOHANG() ) ) > 0 ) {
        $code = $? & 127 ? 128 + ( $? & 127 ) : $? >> 8 if $ended == $child;
    }
}
kill 'KILL', -1;
1 while waitpid( -1, 0 ) > 0;
syswrite( STDOUT, "$mark\n" );
syswrite( STDERR, "$mark\n" );
print $status "exit $code\n";
1 while sysread( STDIN, my $more, 64 );
`

/**
 * Makes a user namespace with the map of its first argument, from outside, as only root can, and becomes what the others say as its
 * root. The map is that of users and of groups.
 */
export const mapProgram = String.raw`
use strict;
use warnings;
my ( $map, @command ) = @ARGV;
my $inside = $$;
pipe( my $go, my $made ) or die "pipe: $!\n";
my $child = fork() // die "fork: $!\n";
if ( $child == 0 ) {
    close $made;
    exit 1 unless sysread( $go, my $byte, 1 );
    for my $name (qw(uid_map gid_map)) {
        open( my $file, '>', "/proc/$inside/$name" ) or die "$name: $!\n";
        defined syswrite( $file, $map ) or die "$name: $!\n";
    }
    exit 0;
}
close $go;
syscall( 272, 0x10000000 ) == 0 or die "unshare: $!\n";
syswrite( $made, '1' );
close $made;
waitpid( $child, 0 );
exit 127 if $? != 0;
$) = '0 0';
$( = 0;
( $<, $> ) = ( 0, 0 );
# Who could not become it would be the machine's root still.
exit 127 if $< != 0 || $> != 0 || "$( $)" !~ /\A0(?: 0)*\z/;
exec { $command[0] } @command or exit 127;
`
