// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.concurrent;

import java.util.concurrent.atomic.AtomicBoolean;

/** A flag that lies two cache lines, since processors fetch pairs, before the next object. */
final class PaddedBoolean extends AtomicBoolean {

    private static final long serialVersionUID = 1L;

    long p00;
    long p01;
    long p02;
    long p03;
    long p04;
    long p05;
    long p06;
    long p07;
    long p08;
    long p09;
    long p10;
    long p11;
    long p12;
    long p13;
    long p14;
    long p15;
}
