// What the models of all chips share: registers as the vendor's SVD file describes them, a recorded signal, and the way to fail.
// `Svd` is generated from that file (stator.sim.renode_registers); Renode compiles this file when a board's script includes it.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;

namespace Antmicro.Renode.Peripherals.Stator
{
    // The serial line: a failure is said where the host listens.
    public interface IWire
    {
        void Say(string line);
    }

    // Registers of one peripheral. Every access is checked: a register that does not exist, a read-only one that is written, and
    // reserved bits that are not left alone end the run with a line that says which.
    public abstract class Registers : IDoubleWordPeripheral, IKnownSize
    {
        // `groups`: the kinds of peripherals that share the block, the first one names it.
        protected Registers(IMachine machine, params string[] groups)
        {
            Machine = machine;
            Group = groups[0];
            foreach(var register in groups.SelectMany(group => Svd.Chip.Of[group]))
            {
                for(var i = 0; i < register.Count; i++)
                {
                    var at = register.Offset + i * register.Stride;
                    if(!described.ContainsKey(at))
                    {
                        described[at] = register;
                    }
                }
            }
            Restore();
        }

        public virtual void Reset()
        {
            Restore();
        }

        public uint ReadDoubleWord(long offset)
        {
            Check(offset, "read");
            return Read(offset);
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            var register = Check(offset, "written");
            if(register == null)
            {
                return;
            }
            if(register.ReadOnly)
            {
                Fail("{0}_{1} is read-only and written", Group, register.Name);
            }
            var reserved = value & ~register.Mask;
            if(reserved != 0 && reserved != (register.ResetValue & ~register.Mask))
            {
                Fail("{0}_{1}: reserved bits written: {2:x8}", Group, register.Name, value);
            }
            Write(offset, value);
        }

        // Bytes of the address space: up to the last register, in steps of 256.
        public long Size { get { return (Span + 0x103) & ~0xffL; } }

        protected virtual uint Read(long offset)
        {
            return this[offset];
        }

        protected virtual void Write(long offset, uint value)
        {
            this[offset] = value;
        }

        // The stored value of the register at an offset; one that does not exist holds 0.
        protected uint this[long offset]
        {
            get
            {
                uint value;
                return stored.TryGetValue(offset, out value) ? value : 0;
            }
            set { stored[offset] = value; }
        }

        protected bool Exists(long offset)
        {
            return described.ContainsKey(offset);
        }

        protected string NameOf(long offset)
        {
            Svd.Register register;
            return described.TryGetValue(offset, out register) ? register.Name : string.Format("+{0:x}", offset);
        }

        protected IEnumerable<long> Offsets { get { return described.Keys; } }

        protected void Fail(string why, params object[] arguments)
        {
            Chip.Fail(Machine, this, string.Format(why, arguments));
        }

        protected readonly IMachine Machine;
        protected readonly string Group;

        private Svd.Register Check(long offset, string how)
        {
            Svd.Register register;
            if(!described.TryGetValue(offset, out register))
            {
                Fail("{0} has no register at +{1:x}, and it is {2}", Group, offset, how);
            }
            return register;
        }

        private void Restore()
        {
            foreach(var item in described)
            {
                stored[item.Key] = item.Value.ResetValue;
            }
        }

        private long Span { get { return described.Keys.Max(); } }

        private readonly Dictionary<long, Svd.Register> described = new Dictionary<long, Svd.Register>();
        private readonly Dictionary<long, uint> stored = new Dictionary<long, uint>();
    }

    // A peripheral that only keeps what is written.
    public class PlainRegisters : Registers
    {
        public PlainRegisters(IMachine machine, string group) : base(machine, group)
        {
        }
    }

    // A recorded signal: little-endian int16, one per sample, looped. Without one a model's ADC fails at its first sample.
    public class Signal
    {
        public void Load(string path)
        {
            byte[] bytes;
            try
            {
                bytes = File.ReadAllBytes(path);
            }
            catch(Exception e)
            {
                throw new RecoverableException(string.Format("the signal {0} cannot be read: {1}", path, e.Message));
            }
            if(bytes.Length < 2 || bytes.Length % 2 != 0)
            {
                throw new RecoverableException(string.Format("the signal {0} is no file of 16-bit samples", path));
            }
            var fresh = new short[bytes.Length / 2];
            Buffer.BlockCopy(bytes, 0, fresh, 0, bytes.Length);
            samples = fresh;
            next = 0;
        }

        public bool TryNext(out short sample)
        {
            sample = 0;
            if(samples.Length == 0)
            {
                return false;
            }
            sample = Stuck.HasValue ? Stuck.Value : samples[next];
            next = (next + 1) % samples.Length;
            return true;
        }

        // What every sample is while the sensor is stuck; null: the recording.
        public short? Stuck { get; set; }

        private short[] samples = new short[0];
        private int next;
    }

    // What a serial line says, appended to a file line by line; the host reads along. Beside it, in <path>.awake, at the end of each
    // frame or line: how many instructions the core has executed, and virtual time in microseconds; two uint64, little endian.
    public class LineFile
    {
        public void Open(string path, IMachine its)
        {
            machine = its;
            file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
            notes = new FileStream(path + ".awake", FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        }

        public void Write(byte value)
        {
            if(file == null)
            {
                return;
            }
            file.WriteByte(value);
            if(value == 0 || value == (byte)'\n') // the end of a frame, or of a line
            {
                Note();
                file.Flush();
            }
        }

        private void Note()
        {
            var core = machine.SystemBus.GetCPUs().First();
            notes.Write(BitConverter.GetBytes(core.ExecutedInstructions), 0, 8);
            notes.Write(BitConverter.GetBytes((ulong)machine.ElapsedVirtualTime.TimeElapsed.TotalMicroseconds), 0, 8);
            notes.Flush();
        }

        private IMachine machine;
        private FileStream file;
        private FileStream notes;
    }

    public static class Chip
    {
        // Ends the run: the host believes a line that begins with FAIL, and nothing after it.
        public static void Fail(IMachine machine, IPeripheral who, string why)
        {
            who.Log(LogLevel.Error, why);
            foreach(var wire in machine.GetPeripheralsOfType<IWire>())
            {
                wire.Say("FAIL the model of the chip: " + why);
            }
        }
    }
}
