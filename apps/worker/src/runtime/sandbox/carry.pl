# Brings folders that were mounted after a pod was made into its mount namespace, where its containers
# find them. Needed where mounts of the host do not spread (a root that is private, as in most
# containers); else they are there already and nothing is done. Started by carry.ts as root, outside
# of the pod; Linux on x86-64.
#
# Arguments: the pod's holder, then absolute folders.
use strict;
use warnings;

my ( $holder, @folders ) = @ARGV;
my ( $SYS_umount2, $SYS_setns, $SYS_open_tree, $SYS_move_mount ) = ( 166, 308, 428, 429 );
my ( $AT_FDCWD, $OPEN_TREE_CLONE, $MOVE_MOUNT_F_EMPTY_PATH ) = ( -100, 1, 4 );
my ( $CLONE_NEWNS, $MNT_DETACH ) = ( 0x20000, 2 );

my @carried;
for my $folder (@folders) {
    my ($device) = stat $folder or die "$folder: $!\n";
    my $tree = syscall( $SYS_open_tree, $AT_FDCWD, $folder, $OPEN_TREE_CLONE );
    push @carried, [ $folder, $device, $tree, "$!" ];
}

open( my $space, '<', "/proc/$holder/ns/mnt" ) or die "the pod's mounts: $!\n";
syscall( $SYS_setns, fileno $space, $CLONE_NEWNS ) == 0 or die "the pod's mounts: $!\n";
my $here = '';
for (@carried) {
    my ( $folder, $device, $tree, $problem ) = @$_;
    my ($found) = stat $folder;
    next if defined $found && $found == $device;
    die "$folder cannot be brought into the pod: $problem\n" if $tree < 0;

    # One of before, whose file system has ended.
    1 while syscall( $SYS_umount2, $folder, $MNT_DETACH ) == 0;
    syscall( $SYS_move_mount, $tree, $here, $AT_FDCWD, $folder, $MOVE_MOUNT_F_EMPTY_PATH ) == 0
        or die "$folder cannot be brought into the pod: $!\n";
}
