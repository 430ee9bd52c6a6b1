# Holds a pod's namespaces: brings loopback up, names the host, waits for ever. Started by pod.ts
# inside new network, IPC and UTS namespaces; Linux on x86-64.
use strict;
use warnings;

my ($hostname) = @ARGV;
my ( $AF_INET, $SOCK_DGRAM, $SIOCSIFFLAGS, $IFF_UP, $SYS_sethostname ) = ( 2, 2, 0x8914, 1, 170 );

socket( my $socket, $AF_INET, $SOCK_DGRAM, 0 ) or die "socket: $!\n";
my $request = pack( 'a16 s x22', 'lo', $IFF_UP );    # struct ifreq
ioctl( $socket, $SIOCSIFFLAGS, $request ) or die "loopback cannot be brought up: $!\n";
close $socket;
syscall( $SYS_sethostname, $hostname, length $hostname ) == 0 or die "sethostname: $!\n";

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
