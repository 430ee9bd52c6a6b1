# Holds a pod's namespaces: brings loopback up, names the host, mounts the pod's memory, waits for
# ever. Started by pod-holder.ts inside new mount, network, IPC and UTS namespaces; Linux on x86-64.
#
# Arguments: the host's name, then folder and size in bytes of each memory volume.
use strict;
use warnings;

my ( $hostname, @memory ) = @ARGV;
my ( $AF_INET, $SOCK_DGRAM, $SIOCSIFFLAGS, $IFF_UP, $SYS_sethostname ) = ( 2, 2, 0x8914, 1, 170 );

socket( my $socket, $AF_INET, $SOCK_DGRAM, 0 ) or die "socket: $!\n";
my $request = pack( 'a16 s x22', 'lo', $IFF_UP );    # struct ifreq
ioctl( $socket, $SIOCSIFFLAGS, $request ) or die "loopback cannot be brought up: $!\n";
close $socket;
syscall( $SYS_sethostname, $hostname, length $hostname ) == 0 or die "sethostname: $!\n";

# In this mount namespace alone: the containers of the pod come by it, nobody else sees it, and it is
# gone with the last of them.
my ( $SYS_mount, $MS_NOSUID, $MS_NODEV ) = ( 165, 2, 4 );
while ( my ( $folder, $size ) = splice @memory, 0, 2 ) {
    my $type  = 'tmpfs';
    my $flags = $MS_NOSUID | $MS_NODEV;
    my $mount = sub { syscall( $SYS_mount, $type, $folder, $type, $flags, $_[0] ) == 0 };
    my $options = "mode=1777,size=$size";

    # Out of the swap where the kernel can (6.4 and root).
    $mount->("$options,noswap") or $mount->($options) or die "memory at $folder: $!\n";
}

# Nobody here is root, and ports mean nothing outside: every one may be listened on.
if ( open( my $first, '>', '/proc/sys/net/ipv4/ip_unprivileged_port_start' ) ) {
    syswrite $first, '0';
}

$| = 1;
print "ready\n";

# Stays only when it has been written down: whoever started it may have been killed in between.
my $order = <STDIN>;
exit 0 unless defined $order && $order eq "keep\n";
close $_ for *STDIN, *STDOUT, *STDERR;
sleep 3600 while 1;
