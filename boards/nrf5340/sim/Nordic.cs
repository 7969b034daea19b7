// Nordic peripherals as the drivers use them, moved by register contents alone. nRF5340 Product Specification 1.6: "Peripheral
// interface" (tasks, events, INTEN, SHORTS lie in the same places in all of them) and the chapters of each peripheral.
//
// Modelled: tasks and events through DPPI channels, EasyDMA that reaches RAM and nothing else, double-buffered RESULT.PTR, overrun,
// times. Not modelled: noise, offset and gain of the ADC; contention on the bus.
using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Peripherals.UART;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Stator
{
    // Tasks at 0x000, their SUBSCRIBE registers 0x80 higher; events at 0x100, their PUBLISH registers 0x80 higher, and the bit of
    // an event in INTEN is its place.
    public abstract class NordicPeripheral : Registers
    {
        protected NordicPeripheral(IMachine machine, string group, NordicDppi dppi = null, string shares = null)
            : base(machine, shares == null ? new[] { group } : new[] { group, shares })
        {
            IRQ = new GPIO();
            Dppi = dppi;
            if(dppi != null)
            {
                dppi.Join(this);
            }
        }

        public override void Reset()
        {
            base.Reset();
            inten = 0;
            IRQ.Unset();
        }

        // The event of a channel: the tasks that subscribe to it.
        public void OnChannel(uint channel)
        {
            for(long task = 0; task < EventsAt; task += 4)
            {
                if(Exists(task) && Exists(task + ConnectAt) && (this[task + ConnectAt] & (Enabled | ChannelMask)) == (Enabled | channel))
                {
                    Task(task);
                }
            }
        }

        public GPIO IRQ { get; private set; }

        protected abstract void Task(long task);

        protected void Event(long at)
        {
            this[at] = 1;
            Update();
            var publish = Exists(at + ConnectAt) ? this[at + ConnectAt] : 0;
            if((publish & Enabled) != 0 && Dppi != null)
            {
                Dppi.Publish(publish & ChannelMask);
            }
        }

        protected override uint Read(long offset)
        {
            return offset == IntenSetAt || offset == IntenClearAt || offset == IntenAt ? inten : base.Read(offset);
        }

        protected override void Write(long offset, uint value)
        {
            if(offset < EventsAt && offset < ConnectAt)
            {
                if(value == 1)
                {
                    Task(offset);
                }
                return;
            }
            if(offset >= EventsAt && offset < EventsAt + ConnectAt && value != 0)
            {
                Fail("{0}_{1}: firmware only clears events", Group, NameOf(offset));
            }
            switch(offset)
            {
            case IntenAt:
                inten = value;
                break;
            case IntenSetAt:
                inten |= value;
                break;
            case IntenClearAt:
                inten &= ~value;
                break;
            default:
                base.Write(offset, value);
                break;
            }
            Update();
        }

        // Where EasyDMA may go: RAM (PS, EasyDMA). Anything else is an error of the firmware's.
        protected bool Reaches(string what, uint address, uint bytes)
        {
            if(address >= RamAt && address - RamAt <= RamBytes - bytes)
            {
                return true;
            }
            Fail("{0}: EasyDMA reaches RAM only, and {1} lies at {2:x8}", Group, what, address);
            return false;
        }

        protected IBusController Bus { get { return Machine.GetSystemBus(this); } }

        protected readonly NordicDppi Dppi;

        protected const long EventsAt = 0x100;
        protected const long ConnectAt = 0x80;
        protected const uint RamAt = 0x20000000;
        protected const uint RamBytes = 0x80000;

        private void Update()
        {
            var pending = false;
            for(var i = 0; i < 32; i++)
            {
                pending |= (inten >> i & 1) != 0 && this[EventsAt + 4 * i] != 0;
            }
            IRQ.Set(pending);
        }

        private uint inten;

        private const long IntenAt = 0x300;
        private const long IntenSetAt = 0x304;
        private const long IntenClearAt = 0x308;
        private const uint Enabled = 1u << 31;
        private const uint ChannelMask = 0xff;
    }

    public class NordicDppi : Registers
    {
        public NordicDppi(IMachine machine) : base(machine, "DPPIC")
        {
        }

        public void Join(NordicPeripheral peripheral)
        {
            joined.Add(peripheral);
        }

        public void Publish(uint channel)
        {
            if((this[Svd.DPPIC.CHEN] >> (int)channel & 1) == 0)
            {
                return;
            }
            foreach(var peripheral in joined)
            {
                peripheral.OnChannel(channel);
            }
        }

        protected override void Write(long offset, uint value)
        {
            switch(offset)
            {
            case Svd.DPPIC.CHENSET:
                this[Svd.DPPIC.CHEN] |= value;
                break;
            case Svd.DPPIC.CHENCLR:
                this[Svd.DPPIC.CHEN] &= ~value;
                break;
            default:
                base.Write(offset, value);
                break;
            }
        }

        protected override uint Read(long offset)
        {
            return offset == Svd.DPPIC.CHENSET || offset == Svd.DPPIC.CHENCLR ? this[Svd.DPPIC.CHEN] : base.Read(offset);
        }

        private readonly List<NordicPeripheral> joined = new List<NordicPeripheral>();
    }

    // FICR and UICR: flash, erased but for the variant (which stands in an undocumented word, errata 160).
    public class NordicFactory : IDoubleWordPeripheral, IKnownSize
    {
        public NordicFactory(IMachine machine)
        {
        }

        public void Reset()
        {
            // flash keeps what it holds
        }

        public uint ReadDoubleWord(long offset)
        {
            return offset == VariantAt ? Variant : 0xffffffff;
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            this.Log(LogLevel.Error, "written at +{0:x}, and it is flash", offset);
        }

        public long Size { get { return 0x1000; } }

        private const long VariantAt = 0x134;
        private const uint Variant = 5;
    }

    // CLOCK and RESET, which share a block. The crystal runs a while after it was started; the reason for a reset outlasts it.
    public class NordicClock : NordicPeripheral
    {
        public NordicClock(IMachine machine) : base(machine, "CLOCK", shares: "RESET")
        {
            crystal = new LimitTimer(machine.ClockSource, 1000000, this, "crystal", CrystalMicroseconds, workMode: WorkMode.OneShot, eventEnabled: true, direction: Direction.Ascending);
            crystal.LimitReached += () => Event(Svd.CLOCK.EVENTS_HFCLKSTARTED);
        }

        public override void Reset()
        {
            var reasons = this[Svd.RESET.RESETREAS];
            base.Reset();
            this[Svd.RESET.RESETREAS] = reasons;
            crystal.Reset();
        }

        // The watchdog's: resets the chip and notes why.
        public void Bite()
        {
            this[Svd.RESET.RESETREAS] |= Svd.RESET.RESETREAS_DOG0_Msk;
            Machine.RequestReset();
        }

        protected override void Task(long task)
        {
            if(task == Svd.CLOCK.TASKS_HFCLKSTART)
            {
                crystal.Value = 0;
                crystal.Enabled = true;
            }
        }

        protected override void Write(long offset, uint value)
        {
            if(offset == Svd.RESET.RESETREAS)
            {
                this[offset] &= ~value; // written ones clear
                return;
            }
            base.Write(offset, value);
        }

        private readonly LimitTimer crystal;

        private const ulong CrystalMicroseconds = 400;
    }

    // A timer whose COMPARE0 clears it, or a counter of COUNT tasks.
    public class NordicTimer : NordicPeripheral
    {
        public NordicTimer(IMachine machine, NordicDppi dppi) : base(machine, "TIMER", dppi)
        {
            timer = new LimitTimer(machine.ClockSource, ClockHz, this, "timer", eventEnabled: true, direction: Direction.Ascending);
            timer.LimitReached += () => Event(Svd.TIMER.EVENTS_COMPARE);
        }

        public override void Reset()
        {
            base.Reset();
            timer.Reset();
            running = false;
            count = 0;
        }

        protected override void Task(long task)
        {
            switch(task)
            {
            case Svd.TIMER.TASKS_START:
                running = true;
                if(this[Svd.TIMER.MODE] == Timer)
                {
                    StartTimer();
                }
                break;
            case Svd.TIMER.TASKS_STOP:
                running = false;
                timer.Enabled = false;
                break;
            case Svd.TIMER.TASKS_CLEAR:
                count = 0;
                timer.Value = 0;
                break;
            case Svd.TIMER.TASKS_COUNT:
                count += running && this[Svd.TIMER.MODE] != Timer ? 1u : 0u;
                break;
            default:
                if(task >= Svd.TIMER.TASKS_CAPTURE)
                {
                    this[Svd.TIMER.CC + task - Svd.TIMER.TASKS_CAPTURE] = this[Svd.TIMER.MODE] == Timer ? (uint)timer.Value : count;
                }
                break;
            }
        }

        protected override void Write(long offset, uint value)
        {
            if(running && (offset == Svd.TIMER.MODE || offset == Svd.TIMER.BITMODE || offset == Svd.TIMER.PRESCALER))
            {
                Fail("TIMER_{0} written while the timer runs", NameOf(offset));
            }
            base.Write(offset, value);
        }

        private void StartTimer()
        {
            if((this[Svd.TIMER.SHORTS] & Svd.TIMER.SHORTS_COMPARE0_CLEAR_Msk) == 0)
            {
                Fail("TIMER: only one that COMPARE0 clears is modelled");
                return;
            }
            timer.Frequency = (ulong)(ClockHz >> (int)this[Svd.TIMER.PRESCALER]);
            timer.Limit = this[Svd.TIMER.CC];
            timer.Enabled = true;
        }

        private readonly LimitTimer timer;
        private bool running;
        private uint count;

        private const uint Timer = 0; // MODE; the others count
        private const int ClockHz = 16000000;
    }

    // SAMPLE converts each channel that has an input for TACQ and 2 us and EasyDMA writes the results; END when MAXCNT results are there; START latches
    // PTR and MAXCNT.
    public class NordicSaadc : NordicPeripheral
    {
        public NordicSaadc(IMachine machine, NordicDppi dppi) : base(machine, "SAADC", dppi)
        {
            conversion = new LimitTimer(machine.ClockSource, 1000000, this, "conversion", ConversionMicroseconds, workMode: WorkMode.OneShot, eventEnabled: true, direction: Direction.Ascending);
            conversion.LimitReached += Converted;
            calibration = new LimitTimer(machine.ClockSource, 1000000, this, "calibration", CalibrationMicroseconds, workMode: WorkMode.OneShot, eventEnabled: true, direction: Direction.Ascending);
            calibration.LimitReached += () => Event(Svd.SAADC.EVENTS_CALIBRATEDONE);
        }

        // A file of little-endian int16, one per conversion; it loops.
        public void Feed(string path)
        {
            signal.Load(path);
        }

        // From now on every conversion gives `count`, as a sensor that is stuck; Unstick ends that.
        public void Stick(int count)
        {
            signal.Stuck = (short)count;
        }

        public void Unstick()
        {
            signal.Stuck = null;
        }

        public override void Reset()
        {
            base.Reset();
            conversion.Reset();
            calibration.Reset();
            amount = room = 0;
        }

        public ulong Conversions { get; private set; }

        protected override void Task(long task)
        {
            if(this[Svd.SAADC.ENABLE] == 0)
            {
                Fail("SAADC: a task while it is off");
                return;
            }
            switch(task)
            {
            case Svd.SAADC.TASKS_START:
                at = this[Svd.SAADC.RESULT_PTR];
                room = this[Svd.SAADC.RESULT_MAXCNT];
                amount = 0;
                if(Reaches("the buffer", at, 2 * room))
                {
                    Event(Svd.SAADC.EVENTS_STARTED);
                }
                break;
            case Svd.SAADC.TASKS_SAMPLE:
                if(conversion.Enabled)
                {
                    Fail("SAADC: SAMPLE while a conversion runs");
                    return;
                }
                left = 0;
                for(var channel = 0; channel < Channels; channel++)
                {
                    left += this[Svd.SAADC.CH_PSELP + 16 * channel] != 0 ? 1u : 0u;
                }
                Convert();
                break;
            case Svd.SAADC.TASKS_STOP:
                room = amount = 0;
                Event(Svd.SAADC.EVENTS_END);
                Event(Svd.SAADC.EVENTS_STOPPED);
                break;
            case Svd.SAADC.TASKS_CALIBRATEOFFSET:
                calibration.Value = 0;
                calibration.Enabled = true;
                break;
            }
        }

        protected override uint Read(long offset)
        {
            return offset == Svd.SAADC.RESULT_AMOUNT ? amount : base.Read(offset);
        }

        private void Converted()
        {
            short sample;
            if(!signal.TryNext(out sample))
            {
                Fail("SAADC: a conversion, and no signal was given (saadc Feed @file)");
                return;
            }
            if(amount >= room)
            {
                Fail("SAADC: a conversion with no room in the buffer");
                return;
            }
            Conversions++;
            Bus.WriteWord(at + 2 * amount, (ushort)sample);
            amount++;
            left--;
            if(left > 0)
            {
                Convert();
            }
            if(amount == room)
            {
                Event(Svd.SAADC.EVENTS_END);
            }
        }

        private void Convert()
        {
            conversion.Value = 0;
            conversion.Enabled = true;
        }

        private readonly Signal signal = new Signal();
        private readonly LimitTimer conversion;
        private readonly LimitTimer calibration;
        private uint left; // of the scan
        private uint at;
        private uint room;
        private uint amount;

        private const int Channels = 8;
        private const ulong ConversionMicroseconds = 12; // TACQ of 10 us, and 2
        private const ulong CalibrationMicroseconds = 100;
    }

    // Sends by EasyDMA: the bytes are read when STARTTX comes, and ENDTX comes when the line has taken them.
    public class NordicUarte : NordicPeripheral, IUART, IWire
    {
        public NordicUarte(IMachine machine) : base(machine, "UARTE")
        {
            line = new LimitTimer(machine.ClockSource, Baud, this, "line", workMode: WorkMode.OneShot, eventEnabled: true, direction: Direction.Ascending);
            line.LimitReached += () => Event(Svd.UARTE.EVENTS_ENDTX);
        }

        // Everything that is sent goes to this file too.
        public void Record(string path)
        {
            file.Open(path, Machine);
        }

        public void WriteChar(byte value)
        {
            // the firmware does not listen
        }

        public void Say(string text)
        {
            foreach(var letter in "\n" + text + "\n")
            {
                Hear((byte)letter);
            }
        }

        public override void Reset()
        {
            base.Reset();
            line.Reset();
        }

        public uint BaudRate { get { return Baud; } }

        public Bits StopBits { get { return Bits.One; } }

        public Parity ParityBit { get { return Parity.None; } }

        [field: Antmicro.Migrant.Transient]
        public event Action<byte> CharReceived;

        protected override void Task(long task)
        {
            switch(task)
            {
            case Svd.UARTE.TASKS_STARTTX:
                Send(this[Svd.UARTE.TXD_PTR], this[Svd.UARTE.TXD_MAXCNT]);
                break;
            case Svd.UARTE.TASKS_STOPTX:
                line.Enabled = false;
                Event(Svd.UARTE.EVENTS_TXSTOPPED);
                break;
            }
        }

        private void Send(uint from, uint bytes)
        {
            if(this[Svd.UARTE.ENABLE] != On || this[Svd.UARTE.BAUDRATE] != Baud115200)
            {
                Fail("UARTE: STARTTX, and it is not on at 115200 baud");
                return;
            }
            if(line.Enabled)
            {
                Fail("UARTE: STARTTX while it sends");
                return;
            }
            if(bytes == 0 || !Reaches("the text", from, bytes))
            {
                return;
            }
            for(uint i = 0; i < bytes; i++)
            {
                Hear(Bus.ReadByte(from + i));
            }
            line.Limit = bytes * BitsPerByte;
            line.Value = 0;
            line.Enabled = true;
        }

        private void Hear(byte value)
        {
            file.Write(value);
            var heard = CharReceived;
            if(heard != null)
            {
                heard(value);
            }
        }

        private readonly LimitTimer line;
        private readonly LineFile file = new LineFile();

        private const int Baud = 115200;
        private const uint BitsPerByte = 10;
        private const uint On = 8;                  // ENABLE, as the description names it
        private const uint Baud115200 = 0x01d60000; // BAUDRATE
    }

    // Pins: what the core reads is what drives them, or what pulls them. One may be held low from outside until another has had so
    // many falling edges: a sensor that was left in the middle of a byte and waits for the rest of its clocks.
    public class NordicGpio : Registers
    {
        public NordicGpio(IMachine machine) : base(machine, "GPIO")
        {
        }

        public void HoldLow(int pin, int clock, int edges)
        {
            held = 1u << pin;
            heldBy = 1u << clock;
            edgesLeft = edges;
        }

        public bool High(uint pins)
        {
            return (In & pins) == pins;
        }

        protected override uint Read(long offset)
        {
            return offset == Svd.GPIO.IN ? In : base.Read(offset);
        }

        protected override void Write(long offset, uint value)
        {
            var before = In;
            switch(offset)
            {
            case Svd.GPIO.OUTSET:
                this[Svd.GPIO.OUT] |= value;
                break;
            case Svd.GPIO.OUTCLR:
                this[Svd.GPIO.OUT] &= ~value;
                break;
            case Svd.GPIO.DIRSET:
                this[Svd.GPIO.DIR] |= value;
                break;
            case Svd.GPIO.DIRCLR:
                this[Svd.GPIO.DIR] &= ~value;
                break;
            default:
                base.Write(offset, value);
                break;
            }
            if((before & ~In & heldBy) != 0 && --edgesLeft <= 0)
            {
                held = heldBy = 0;
            }
        }

        private uint In
        {
            get
            {
                var pulled = 0u;
                for(var pin = 0; pin < 32; pin++)
                {
                    pulled |= (this[Svd.GPIO.PIN_CNF + 4 * pin] & Svd.GPIO.PIN_CNF_PULL_Msk) == Svd.GPIO.PIN_CNF_PULL_Msk ? 1u << pin : 0;
                }
                return ((this[Svd.GPIO.OUT] & this[Svd.GPIO.DIR]) | (pulled & ~this[Svd.GPIO.DIR])) & ~held;
            }
        }

        private uint held;
        private uint heldBy;
        private int edgesLeft;
    }

    // Two-wire master by EasyDMA, and on its bus a TMP102 at 0x48. A byte takes nine clocks; who does not acknowledge is an ERROR,
    // and a bus that somebody holds is waited for.
    public class NordicTwim : NordicPeripheral
    {
        public NordicTwim(IMachine machine, NordicGpio port0, NordicGpio port1) : base(machine, "TWIM")
        {
            ports = new[] { port0, port1 };
            Celsius = 21;
            line = new LimitTimer(machine.ClockSource, BitsPerSecond, this, "line", workMode: WorkMode.OneShot, eventEnabled: true, direction: Direction.Ascending);
            line.LimitReached += Through;
        }

        // What the sensor measures; whether it is there at all.
        public double Celsius { get; set; }
        public bool Unplugged { get; set; }

        public override void Reset()
        {
            base.Reset();
            line.Reset();
        }

        protected override void Task(long task)
        {
            switch(task)
            {
            case Svd.TWIM.TASKS_STARTTX:
                Start(false, this[Svd.TWIM.TXD_MAXCNT]);
                break;
            case Svd.TWIM.TASKS_STARTRX:
                Start(true, this[Svd.TWIM.RXD_MAXCNT]);
                break;
            case Svd.TWIM.TASKS_STOP:
                line.Enabled = false;
                Event(Svd.TWIM.EVENTS_STOPPED);
                break;
            }
        }

        protected override void Write(long offset, uint value)
        {
            if(offset == Svd.TWIM.ERRORSRC)
            {
                this[offset] &= ~value; // written ones clear
                return;
            }
            base.Write(offset, value);
            if(offset == Svd.TWIM.ENABLE && value != On)
            {
                line.Enabled = false;
            }
        }

        private void Start(bool reads, uint bytes)
        {
            if(this[Svd.TWIM.ENABLE] != On || this[Svd.TWIM.FREQUENCY] != K100)
            {
                Fail("TWIM: a transfer, and it is not on at 100 kHz");
                return;
            }
            if(!(Free(Svd.TWIM.PSEL_SCL) && Free(Svd.TWIM.PSEL_SDA)))
            {
                return; // it waits
            }
            reading = reads;
            line.Limit = (Answers ? 1 + bytes : 1) * BitsPerByte;
            line.Value = 0;
            line.Enabled = true;
        }

        private void Through()
        {
            if(!Answers)
            {
                this[Svd.TWIM.ERRORSRC] |= Svd.TWIM.ERRORSRC_ANACK_Msk;
                Event(Svd.TWIM.EVENTS_ERROR);
                return;
            }
            if(reading)
            {
                Read();
                Event(Svd.TWIM.EVENTS_LASTRX);
                Follow(Svd.TWIM.SHORTS_LASTRX_STOP_Msk, Svd.TWIM.TASKS_STOP);
                return;
            }
            if(this[Svd.TWIM.TXD_MAXCNT] != 1 || !Reaches("the message", this[Svd.TWIM.TXD_PTR], 1) || Bus.ReadByte(this[Svd.TWIM.TXD_PTR]) != 0)
            {
                Fail("TWIM: the sensor is not asked for its register 0");
            }
            this[Svd.TWIM.TXD_AMOUNT] = this[Svd.TWIM.TXD_MAXCNT];
            Event(Svd.TWIM.EVENTS_LASTTX);
            Follow(Svd.TWIM.SHORTS_LASTTX_STARTRX_Msk, Svd.TWIM.TASKS_STARTRX);
        }

        private void Read()
        {
            var sixteenths = (int)Math.Round(16 * Celsius);
            var word = (uint)(sixteenths << 4) & 0xffff;
            var to = this[Svd.TWIM.RXD_PTR];
            var bytes = this[Svd.TWIM.RXD_MAXCNT];
            this[Svd.TWIM.RXD_AMOUNT] = 0;
            if(!Reaches("what is read", to, bytes))
            {
                return;
            }
            for(uint i = 0; i < bytes; i++)
            {
                Bus.WriteByte(to + i, (byte)(i == 0 ? word >> 8 : i == 1 ? word : 0xff));
            }
            this[Svd.TWIM.RXD_AMOUNT] = bytes;
        }

        private void Follow(uint shortcut, long task)
        {
            if((this[Svd.TWIM.SHORTS] & shortcut) != 0)
            {
                Task(task);
            }
        }

        private bool Free(long psel)
        {
            var pin = this[psel];
            var port = ports[(pin & Svd.TWIM.PSEL_SCL_PORT_Msk) >> Svd.TWIM.PSEL_SCL_PORT_Pos];
            return (pin & Svd.TWIM.PSEL_SCL_CONNECT_Msk) == 0 && port.High(1u << (int)(pin & Svd.TWIM.PSEL_SCL_PIN_Msk));
        }

        private bool Answers { get { return !Unplugged && this[Svd.TWIM.ADDRESS] == SensorAt; } }

        private readonly NordicGpio[] ports;
        private readonly LimitTimer line;
        private bool reading;

        private const int BitsPerSecond = 100000;
        private const uint BitsPerByte = 9;
        private const uint On = 6;            // ENABLE, as the description names it
        private const uint K100 = 0x01980000; // FREQUENCY
        private const uint SensorAt = 0x48;
    }

    // Watchdog timer: counts down on 32.768 kHz and resets the chip at 0, unless every enabled reload register was written.
    public class NordicWdt : NordicPeripheral
    {
        public NordicWdt(IMachine machine, NordicClock resets) : base(machine, "WDT")
        {
            timer = new LimitTimer(machine.ClockSource, ClockHz, this, "wdt", eventEnabled: true, direction: Direction.Descending);
            timer.LimitReached += () =>
            {
                Event(Svd.WDT.EVENTS_TIMEOUT);
                Bites++;
                resets.Bite();
            };
        }

        public override void Reset()
        {
            base.Reset();
            timer.Reset();
            waiting = 0;
        }

        public ulong Bites { get; private set; }

        protected override void Task(long task)
        {
            if(task != Svd.WDT.TASKS_START || timer.Enabled)
            {
                return;
            }
            waiting = this[Svd.WDT.RREN];
            timer.Limit = (ulong)this[Svd.WDT.CRV] + 1;
            timer.Value = timer.Limit;
            timer.Enabled = true;
        }

        protected override uint Read(long offset)
        {
            return offset == Svd.WDT.RUNSTATUS ? (timer.Enabled ? Svd.WDT.RUNSTATUS_RUNSTATUSWDT_Msk : 0) : base.Read(offset);
        }

        protected override void Write(long offset, uint value)
        {
            if(offset >= Svd.WDT.RR)
            {
                Reload((int)(offset - Svd.WDT.RR) / 4, value);
                return;
            }
            if(timer.Enabled && (offset == Svd.WDT.CRV || offset == Svd.WDT.RREN || offset == Svd.WDT.CONFIG))
            {
                Fail("WDT_{0} written while it runs", NameOf(offset));
            }
            base.Write(offset, value);
        }

        private void Reload(int register, uint value)
        {
            if(value != ReloadWord)
            {
                return;
            }
            waiting &= ~(1u << register);
            if(waiting == 0)
            {
                waiting = this[Svd.WDT.RREN];
                timer.Value = timer.Limit;
            }
        }

        private readonly LimitTimer timer;
        private uint waiting;

        private const int ClockHz = 32768;
        private const uint ReloadWord = 0x6e524635;
    }
}
