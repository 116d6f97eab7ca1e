// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.record;

import dev.metalloc.bench.entry.UnsafeCalls;
import dev.metalloc.bench.workload.RandomText;
import dev.metalloc.bench.workload.WorkArguments;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.record.Recorder;
import dev.metalloc.profiler.record.RecorderOptions;
import dev.metalloc.profiler.record.StackWalkerSource;
import dev.metalloc.profiler.record.ThreadRecorder;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Locale;

/**
 * What recording costs a program that works with more memory than caches hold: a store of values of 100 bytes to 2 KiB, rounds of reading
 * and writing with and without the recorder in turn, in one JVM.
 *
 * <p>A loop that only allocates and frees keeps all that the recorder touches in the nearest cache; here each event finds it further away. Two
 * JVMs, one of them with an agent, differ by more than what is sought, by the pages they were given; a ratio of neighbouring rounds of one does not.
 */
@SuppressWarnings("EnumOrdinal") // numbers of entry points, as the agent passes them
public final class RecordingAtWork {
    private static final int UNSAFE = EntryPoint.UNSAFE.ordinal();
    private static final int LEAST_VALUE_BYTES = 100;
    private static final int MOST_VALUE_BYTES = 2048;
    private static final int WRITTEN_PERCENT = 40;
    /** One in so many operations drops a value that nobody asked for, so that the number of live ones wanders. */
    private static final int DROPS = 10;

    private static final boolean[] TURN = {false, true, true, false};
    private static final int WARM_UP_TURNS = 3;
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    private static final int SIZE_BYTES = Integer.BYTES;

    private final int operations;
    private final long[] addresses;
    private final Recorder recorder;
    private final ThreadRecorder thread;
    private boolean records;

    private RecordingAtWork(int keys, int operations, RecorderOptions options) {
        this.operations = operations;
        this.addresses = new long[keys];
        this.recorder = new Recorder(options, new StackWalkerSource());
        this.thread = recorder.threadRecorder(Thread.currentThread());
    }

    /**
     * Arguments: {@code turns=N} of two rounds with and two without, {@code operations=N} a round, {@code keys=N}, {@code mode=sampled|full}, and of
     * sampled mode the mean distances {@code lifetimeIntervalBytes=N}, {@code stackIntervalBytes=N}.
     */
    public static void main(String[] arguments) throws Throwable {
        WorkArguments values = new WorkArguments(arguments);
        int turns = values.count("turns", 60);
        int operations = values.count("operations", 60_000);
        int keys = values.count("keys", 60_000);
        String mode = values.text("mode").orElse("sampled");
        long lifetimeIntervalBytes =
                values.number("lifetimeIntervalBytes", RecorderOptions.DEFAULT_LIFETIME_INTERVAL_BYTES);
        long stackIntervalBytes = values.number("stackIntervalBytes", RecorderOptions.DEFAULT_STACK_INTERVAL_BYTES);
        values.refuseOthers();
        RecorderOptions options = switch (mode) {
            case "sampled" -> RecorderOptions.sampled(lifetimeIntervalBytes, stackIntervalBytes);
            case "full" -> RecorderOptions.everyBlock();
            default -> throw new IllegalArgumentException("mode: " + mode + " (expected: sampled or full)");
        };
        new RecordingAtWork(keys, operations, options).measure(turns, mode);
    }

    private void measure(int turns, String mode) throws Throwable {
        double[] overhead = new double[turns];
        double[] plainNanos = new double[turns];
        long checksum = 0;
        long first = 0;
        for (int turn = -WARM_UP_TURNS; turn < turns; turn++) {
            double[] nanos = new double[2];
            for (boolean recording : TURN) {
                records = recording;
                long start = System.nanoTime();
                checksum += round(first);
                nanos[recording ? 1 : 0] += System.nanoTime() - start;
                recorder.tick(System.nanoTime());
                first += operations;
            }
            if (turn >= 0) {
                overhead[turn] = nanos[1] / nanos[0] - 1;
                plainNanos[turn] = nanos[0] / 2 / operations;
            }
        }
        Arrays.sort(overhead);
        Arrays.sort(plainNanos);
        System.out.printf(
                Locale.ROOT,
                "%s: %+.1f %% (quartiles %+.1f to %+.1f, %d turns) of %.0f ns an operation; checksum %x%n",
                mode,
                100 * overhead[turns / 2],
                100 * overhead[turns / 4],
                100 * overhead[turns - 1 - turns / 4],
                turns,
                plainNanos[turns / 2],
                checksum);
    }

    private long round(long first) throws Throwable {
        long checksum = 0;
        for (long operation = first; operation < first + operations; operation++) {
            long random = RandomText.mix(operation);
            int key = (int) Long.remainderUnsigned(random, addresses.length);
            byte[] value = (random >>> 48) % 100 < WRITTEN_PERCENT ? written(key) : read(key);
            checksum = checksum * 31 + Arrays.hashCode(value);
            if ((random >>> 32 & 0xFFFF) % DROPS == 0) {
                drop((int) Long.remainderUnsigned(RandomText.mix(random), addresses.length));
            }
        }
        return checksum;
    }

    private byte[] written(int key) throws Throwable {
        byte[] value = RandomText.bytes(key, RandomText.between(key, LEAST_VALUE_BYTES, MOST_VALUE_BYTES));
        long byteSize = (long) SIZE_BYTES + value.length;
        long address = UnsafeCalls.allocate(byteSize);
        if (records) {
            thread.allocated(UNSAFE, address, byteSize);
        }
        MEMORY.set(ValueLayout.JAVA_INT_UNALIGNED, address, value.length);
        MemorySegment.copy(value, 0, MEMORY, ValueLayout.JAVA_BYTE, address + SIZE_BYTES, value.length);
        drop(key);
        addresses[key] = address;
        return value;
    }

    private byte[] read(int key) {
        long address = addresses[key];
        if (address == 0) {
            return RandomText.bytes(key, RandomText.between(key, LEAST_VALUE_BYTES, MOST_VALUE_BYTES));
        }
        byte[] value = new byte[MEMORY.get(ValueLayout.JAVA_INT_UNALIGNED, address)];
        MemorySegment.copy(MEMORY, ValueLayout.JAVA_BYTE, address + SIZE_BYTES, value, 0, value.length);
        return value;
    }

    private void drop(int key) throws Throwable {
        long address = addresses[key];
        if (address != 0) {
            addresses[key] = 0;
            if (records) {
                thread.freed(UNSAFE, address);
            }
            UnsafeCalls.free(address);
        }
    }
}
